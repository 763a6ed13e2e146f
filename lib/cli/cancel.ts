/** `drs cancel JOB` */

import { actingUser } from './acting-user.js';
import { withInstance } from './instance.js';
import { printRecord, type JsonFlag } from './print.js';

/** Cancels a job. @throws NotFoundError | ConflictError */
export function cancel(jobId: number, flags: JsonFlag): Promise<number> {
  return withInstance(async (drs) => {
    const cancelled = await drs.cancelJob(jobId, actingUser());
    return printRecord(flags, cancelled, `job ${jobId} attempt ${cancelled.attempt}: cancel requested\n`);
  });
}
