/** Which attempt a command is about. */

import { attemptOf } from '../domain/attempt-of.js';
import { NotFoundError } from '../errors.js';
import { withoutProgram } from '../domain/find-records.js';
import type { RemoteSubmission } from '../remote-submission.js';
import { neverSubmitted } from '../domain/attempts.js';

/** An attempt of a job that is there. */
export interface FoundAttempt {
  jobId: number;
  attempt: number;
}

/** The attempt that was asked for, or the newest. @throws NotFoundError, ConflictError `job_never_submitted` */
export async function findAttempt(
  { models }: RemoteSubmission,
  jobId: number,
  requested: number | undefined,
): Promise<FoundAttempt> {
  const job = await models.Job.findByPk(jobId, withoutProgram);
  if (!job) throw new NotFoundError(`Job ${jobId}`);
  if (job.attempt === 0) throw neverSubmitted(jobId);
  return { jobId, attempt: attemptOf(job, requested) };
}
