/** `drs requeue JOB` */

import { actingUser } from './acting-user.js';
import { withInstance } from './instance.js';
import { printRecord, type JsonFlag } from './print.js';

/** Hands the attempt under way to the workers again. @throws NotFoundError | ConflictError */
export function requeue(jobId: number, flags: JsonFlag): Promise<number> {
  return withInstance(async (drs) => {
    const { attempt, status } = await drs.requeueJob(jobId, actingUser());
    const sentence = `job ${jobId} attempt ${attempt}: queued again (${status})\n`;
    return printRecord(flags, { jobId, attempt, status }, sentence);
  });
}
