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
  /** Its jump hosts, the one that is reached from here first. */
  via: readonly { hostname: string; port: number }[];
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
  /** When its start was permitted: from then on it may have begun. */
  permittedAt: Date | null;
  startedAt: Date | null;
  /** Where it began: host name, boot and container. */
  machine: string | null;
  /** When its end was seen on the server; then its output and files are brought. */
  endedAt: Date | null;
  finishedAt: Date | null;
  /** What it waits for, in the server's own words where it has some. */
  message: string | null;
  /** The number of the attempt that it repeats. */
  retryOf: number | null;
  /** The control directory on the server; null: not chosen yet. */
  controlDirectory: string | null;
}

/** What happens next, and who has to do it, in one sentence or a few. */
export function explain(facts: AttemptFacts, now: Date): string {
  if (isFinal(facts.status)) {
    return [
      `It has ended (${facts.failureReason ?? facts.status}): nothing is waited for.`,
      ...retry(facts),
    ].join(' ');
  }
  const cancel = facts.cancelRequestedAt === null ? [] : ['A cancel is wanted and is carried out first.'];
  return [whereabouts(facts, now), ...cancel, ...said(facts), ...retry(facts)].join(' ');
}

function whereabouts(facts: AttemptFacts, now: Date): string {
  const { nextTryAt, workerId } = facts;
  const where = facts.isRemote ? addressOf(facts) : 'this machine';
  if (facts.isHeld) return `The worker ${workerId ?? ''} ${deed(facts, where)}.`;
  if (nextTryAt !== null && nextTryAt > now) {
    const next = `It waits until ${nextTryAt.toISOString()} for the next try on ${where}${after(facts)}`;
    return `${next}. ${state(facts, where)}.`;
  }
  return `${state(facts, where)}, and no worker holds it: the next worker that looks for such attempts takes it. Is one running?`;
}

function addressOf({ hostname, port, via }: AttemptFacts): string {
  const hops = via.map((hop) => `${hop.hostname}:${hop.port}`);
  return [`${hostname}:${port}`, ...(hops.length > 0 ? ['through', hops.join(' and ')] : [])].join(' ');
}

function deed({ endedAt, startedAt, permittedAt }: AttemptFacts, where: string): string {
  if (endedAt !== null) return `brings its output and its files from ${where}, where it has ended`;
  if (startedAt !== null) return `follows it on ${where}`;
  if (permittedAt !== null) {
    return `may start it on ${where}: its start is permitted, and nothing is known of it yet`;
  }
  return `is about to start it on ${where}`;
}

function state({ endedAt, startedAt, permittedAt }: AttemptFacts, where: string): string {
  if (endedAt !== null) return `It has ended on ${where}, and its output and files are still to be brought`;
  if (startedAt !== null) return `It may be running on ${where}`;
  if (permittedAt !== null) return `Its start on ${where} is permitted, and nothing is known of it yet`;
  return 'It was not started yet';
}

function after({ unreachableTries: tries }: AttemptFacts): string {
  if (tries === 0) return '';
  return `, after ${tries} ${tries === 1 ? 'try' : 'tries'}`;
}

/** The message, without what is said about a retry anyway. */
function said({ message, retryOf }: AttemptFacts): string[] {
  const words = (message ?? '').replace(`Run again after attempt ${retryOf}.`, '').trim();
  return words === '' ? [] : [words];
}

function retry({ retryOf }: AttemptFacts): string[] {
  return retryOf === null ? [] : [`It was run again after attempt ${retryOf}.`];
}
