/** `drs requeue JOB` */

import { actingUser } from './acting-user.js';
import { withInstance } from './instance.js';

/** Hands the attempt under way to the workers again. @throws NotFoundError | ConflictError */
export function requeue(jobId: number): Promise<number> {
  return withInstance(async (drs) => {
    const { attempt, status } = await drs.requeueJob(jobId, actingUser());
    process.stdout.write(`job ${jobId} attempt ${attempt}: queued again (${status})\n`);
    return 0;
  });
}
