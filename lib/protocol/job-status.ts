/** The states of a job, and which of them are the end. */

export const JobStatus = {
  initial: 'initial',
  submitted: 'submitted',
  running: 'running',
  success: 'success',
  failure: 'failure',
  cancelled: 'cancelled',
} as const;

/** Where a job, or one attempt of it, is in its life. */
export type JobStatus = (typeof JobStatus)[keyof typeof JobStatus];

export const jobStatuses = Object.values(JobStatus);

export const failureReasons = [
  'exit',
  'signal',
  'timeout',
  'auth',
  'host_key',
  'unreachable',
  'lost',
  'limit',
  'rejected',
  'internal',
] as const;

/** Why an attempt ended as `failure`. */
export type FailureReason = (typeof failureReasons)[number];

/** True for the states that an attempt never leaves. */
export function isFinal(status: JobStatus): boolean {
  return status === 'success' || status === 'failure' || status === 'cancelled';
}

/** True while an attempt is wanted or under way: the states in which it can be cancelled. */
export function isActive(status: JobStatus): boolean {
  return status === 'submitted' || status === 'running';
}
