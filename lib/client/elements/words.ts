/** What the elements say about states and refusals. */

import type { FailureReason, JobStatus } from '../../protocol/job-status.js';
import type { DrsClientError } from '../client-error.js';
import type { Job } from '../types.js';

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

/** Why a job failed, or what it waits for; empty when there is nothing to say. */
export function reasonOf(job: Job): string {
  if (job.message) return job.message;
  if (job.status !== 'failure' || job.failureReason === null) return '';
  if (job.failureReason === 'exit' && job.exitCode !== null)
    return `The program ended with exit code ${job.exitCode}.`;
  if (job.failureReason === 'signal' && job.signal !== null) return `The program was ended by ${job.signal}.`;
  return reasonWords[job.failureReason];
}

/** A refusal in words for the one who looks at the page. */
export function refusalWords(error: DrsClientError, what: string): string {
  if (error.status === 401) return `Sign in to see ${what}, then reload this page.`;
  if (error.status === 403) return `You may not see ${what}.`;
  if (error.status === 404) return `${capital(what)} was not found here, or it belongs to somebody else.`;
  if (error.code === 'bad_answer') return `${error.message} The attribute “base” sets it.`;
  return `${capital(what)} cannot be shown: ${error.message}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
