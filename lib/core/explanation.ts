/** Where an attempt is, who holds it, and what it waits for, in words. Pure. */

import { isFinal, type FailureReason, type JobStatus } from './job-status.js';

/** The facts about the newest attempt of a job. */
export interface AttemptFacts {
  jobId: number;
  attempt: number;
  status: JobStatus;
  failureReason: FailureReason | null;
  kind: 'run' | 'copy';
  isRemote: boolean;
  hostname: string;
  port: number;
  username: string;
  /** The worker that holds it, or held it last: host name, process id and a random part. */
  workerId: string | null;
  leaseUntil: Date | null;
  isHeld: boolean;
  /** How often it was claimed: 0 when no worker has seen it yet. */
  claims: number;
  nextTryAt: Date | null;
  unreachableSince: Date | null;
  unreachableTries: number;
  cancelRequestedAt: Date | null;
  submittedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  message: string | null;
  /** The number of the attempt that it repeats. */
  retryOf: number | null;
  /** The control directory on the server, below the remote directory. */
  controlDirectory: string;
}

/** One sentence about what happens next, and who has to do it. */
export function explain(facts: AttemptFacts, now: Date): string {
  const retry = facts.retryOf === null ? '' : ` It was run again after attempt ${facts.retryOf}.`;
  return `${whereabouts(facts, now)}${retry}`;
}

function whereabouts(facts: AttemptFacts, now: Date): string {
  const { status, startedAt, nextTryAt, workerId, cancelRequestedAt } = facts;
  if (isFinal(status)) return `It has ended (${facts.failureReason ?? status}): nothing is waited for.`;
  const where = facts.isRemote ? `${facts.hostname}:${facts.port}` : 'this machine';
  const cancel = cancelRequestedAt === null ? '' : ' A cancel is wanted and is carried out first.';
  if (facts.isHeld) {
    const what = startedAt === null ? 'is about to start it on' : 'follows it on';
    return `The worker ${workerId ?? ''} ${what} ${where}.${cancel}`;
  }
  if (nextTryAt !== null && nextTryAt > now) {
    return `It waits until ${nextTryAt.toISOString()} for the next try on ${where}${after(facts)}.${cancel}`;
  }
  const state = startedAt === null ? 'It was not started yet' : `It may be running on ${where}`;
  return `${state}, and no worker holds it: the next worker that looks for such attempts takes it. Is one running?${cancel}`;
}

function after({ unreachableTries: tries }: AttemptFacts): string {
  if (tries === 0) return '';
  return `, after ${tries} ${tries === 1 ? 'try' : 'tries'}`;
}
