/** Which attempt of a job is meant. */

import { NotFoundError } from '../errors.js';

/** The attempt that was asked for, or the newest. @throws NotFoundError when there was no such attempt */
export function attemptOf(job: { id: number; attempt: number }, requested: number | undefined): number {
  if (requested !== undefined && requested > job.attempt)
    throw new NotFoundError(`Attempt ${requested} of job ${job.id}`);
  return requested ?? job.attempt;
}
