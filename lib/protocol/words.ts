/** What people read of states and reasons, in pages, the panel and elements alike. */

import type { FailureReason, JobStatus } from './job-status.js';

export const statusWords: Readonly<Record<JobStatus, string>> = {
  initial: 'Initial',
  submitted: 'Submitted',
  running: 'Running',
  success: 'Success',
  failure: 'Failure',
  cancelled: 'Cancelled',
};

const reasonWords: Readonly<Record<FailureReason, string>> = {
  exit: 'The program said that it failed.',
  signal: 'The program was ended by a signal.',
  timeout: 'The program ran longer than allowed and was ended.',
  auth: 'The server refused the sign-in. Check the user name, and the password or key.',
  host_key: 'The server showed another host key than the one that is known. Ask an administrator.',
  unreachable: 'The server could not be reached.',
  lost: 'The program is gone from the server, and nobody knows how it ended.',
  limit: 'The job passed a limit.',
  rejected: 'The server, or its directory, could not take the program: it was not started.',
  internal: 'Something went wrong here, not in the program.',
};

/** How an attempt ended, as far as words are made of it. */
interface Ending {
  failureReason?: FailureReason | null;
  exitCode?: number | null;
  signal?: string | null;
}

/** Why an attempt failed, as a sentence; empty where it did not. */
export function reasonInWords({ failureReason, exitCode, signal }: Ending): string {
  if (!failureReason) return '';
  if (failureReason === 'exit' && typeof exitCode === 'number')
    return `The program ended with exit code ${exitCode}.`;
  if (failureReason === 'signal' && signal) return `The program was ended by ${signal}.`;
  return reasonWords[failureReason];
}

/** Why it stands as it does: what was said about it, or the reason of its failure; empty where there is nothing to say. */
export function noteOf(job: Ending & { message?: string | null }): string {
  return job.message || reasonInWords(job);
}
