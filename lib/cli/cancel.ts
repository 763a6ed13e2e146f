/** `drs cancel JOB` */

import { actingUser } from './acting-user.js';
import { withInstance } from './instance.js';

/** Cancels a job. @throws NotFoundError | ConflictError */
export function cancel(jobId: number): Promise<number> {
  return withInstance(async (drs) => {
    const { attempt } = await drs.cancelJob(jobId, actingUser());
    process.stdout.write(`job ${jobId} attempt ${attempt}: cancel requested\n`);
    return 0;
  });
}
