/** Which attempt of a job is meant. */

import { NotFoundError } from '../errors.js';

/** The attempt that was asked for, or the newest. @throws NotFoundError when there was no such attempt */
export function attemptOf(job: { id: number; attempt: number }, asked: number | undefined): number {
  if (asked !== undefined && asked > job.attempt)
    throw new NotFoundError(`Attempt ${asked} of job ${job.id}`);
  return asked ?? job.attempt;
}
