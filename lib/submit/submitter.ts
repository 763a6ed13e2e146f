/** Submitting, running, copying and retrying: what a caller may ask, checked, and made into an attempt. */

import { col, fn } from 'sequelize';
import { actorOf, type AuditAction } from '../protocol/audit.js';
import { LogPolicy } from '../protocol/log-policy.js';
import type { Outcome, User } from '../protocol/records.js';
import { requireSubmitOptions } from '../check-input.js';
import { requireLocalAllowed } from '../domain/local-runs.js';
import { findUsed, requireMayUse } from '../domain/use-rights.js';
import { NotFoundError } from '../errors.js';
import type { Internals } from '../internals.js';
import { requireProgramSize } from '../limits.js';
import type { LastAttempt } from '../store/explain-attempts.js';
import type { RemoteSubmission, Submission, SubmitOptions } from '../remote-submission-types.js';
import type { Credential } from '../transports/session.js';
import type { Runner } from '../worker/runner.js';
import { addTicket, attemptCalls, findJob, neverSubmitted, type AttemptCalls } from './attempt-calls.js';
import { chooseCredential } from './choose-credential.js';
import { waitForEnd } from './wait-for-end.js';

type Submitter = AttemptCalls & Pick<RemoteSubmission, 'submitJob' | 'runJob' | 'copyJob' | 'retryJob'>;

/** @param runnerOf gives the runner of this process, for jobs that are run without the queue */
export function submitter(internals: Internals, runnerOf: () => Runner): Submitter {
  const { options } = internals;

  async function queueAttempt(request: Omit<AttemptRequest, 'mayRemember'>): Promise<Submission> {
    const { jobId } = request;
    const { attempt } = await makeAttempt(internals, { ...request, mayRemember: true });
    const ticket = { jobId, attempt };
    await addTicket(internals, ticket);
    return { ...ticket, status: 'submitted', finished: () => waitForEnd(internals, ticket) };
  }

  return {
    submitJob: (jobId, submitOptions = {}) =>
      queueAttempt({ jobId, submitOptions, kind: 'run', action: 'submitted' }),
    copyJob: (jobId, submitOptions = {}) =>
      queueAttempt({ jobId, submitOptions, kind: 'copy', action: 'copied' }),
    async runJob(jobId, submitOptions = {}): Promise<Outcome> {
      const mayRemember = options.secret !== null;
      const { attempt, credential } = await makeAttempt(internals, {
        jobId,
        kind: 'run',
        action: 'submitted',
        submitOptions,
        mayRemember,
      });
      const ticket = { jobId, attempt };
      await runnerOf().runToEnd(ticket, mayRemember ? null : credential);
      return waitForEnd(internals, ticket);
    },
    async retryJob(jobId, submitOptions = {}) {
      requireSubmitOptions(submitOptions);
      const { job, last } = await findLast(internals, jobId, submitOptions.as);
      const { kind, ...before } = asBefore(last, job);
      const given = { ...before, ...submitOptions };
      const retryOf = last.attempt;
      const submission = await queueAttempt({
        jobId,
        submitOptions: given,
        kind,
        action: 'retried',
        retryOf,
      });
      return { ...submission, retryOf };
    },
    ...attemptCalls(internals),
  };
}

interface AttemptRequest {
  jobId: number;
  kind: 'run' | 'copy';
  action: AuditAction;
  submitOptions: SubmitOptions;
  /** False: there is no secret to seal a credential with, and it stays in this process. */
  mayRemember: boolean;
  /** The attempt that it repeats. */
  retryOf?: number;
}

async function makeAttempt(internals: Internals, request: AttemptRequest) {
  const { jobId, kind, action: done, submitOptions, mayRemember, retryOf } = request;
  const { store, access } = internals;
  requireSubmitOptions(submitOptions);
  const job = await findJob(internals, jobId);
  const action = kind === 'copy' ? 'job:copy' : 'job:submit';
  if (submitOptions.as) await access.require(submitOptions.as, action, { record: job, what: `Job ${jobId}` });
  const { server, interpreter } = await findUsed(internals, job);
  await requireMayUse(internals, { as: submitOptions.as }, { server, interpreter });
  if (server === null) throw new NotFoundError(`Server ${job.serverId}`);
  requireLocalAllowed(internals.options, submitOptions);
  await requireStoredProgramFits(internals, jobId);
  const isRemote = submitOptions.remote ?? true;
  const { username, credential } = isRemote
    ? await chooseCredential(internals, { job, server, given: submitOptions })
    : { username: job.ownerUsername, credential: null };
  const { attempt } = await store.submit({
    jobId,
    kind,
    isRemote,
    username,
    credential: mayRemember ? credential : null,
    logPolicy: submitOptions.logPolicy ?? job.logPolicy ?? LogPolicy.live,
    timeoutMs: submitOptions.timeoutMs ?? job.timeoutMs,
    storeResults: submitOptions.storeResults ?? job.storeResults,
    submittedBy: submitOptions.as ?? null,
    retryOf,
    audit: {
      by: actorOf(submitOptions.as, submitOptions.by),
      action: done,
      detail: isRemote ? `as ${username}, with ${credentialInWords(credential)}` : 'on this machine',
    },
  });
  return { attempt, credential };
}

/** The limit may be a lower one by now. Its size alone is read. */
async function requireStoredProgramFits({ models, options }: Internals, jobId: number): Promise<void> {
  const [row] = await models.Job.findAll({
    where: { id: jobId },
    attributes: [[fn('octet_length', col('program')), 'bytes']],
    raw: true,
  });
  requireProgramSize(Number((row as unknown as { bytes: number } | undefined)?.bytes ?? 0), options.limits);
}

/** What a new attempt takes over from the last one. */
function asBefore(
  last: LastAttempt,
  { ownerUsername }: { ownerUsername: string },
): SubmitOptions & Pick<LastAttempt, 'kind'> {
  const { kind, isRemote, username, logPolicy, storeResults, timeoutMs } = last;
  return {
    ...{ kind, logPolicy, remote: isRemote },
    // The owner may have another name by now.
    ...(username === ownerUsername ? {} : { username }),
    ...(timeoutMs === null ? {} : { timeoutMs }),
    ...(storeResults === null ? {} : { storeResults }),
  };
}

function credentialInWords(credential: Credential | null): string {
  if (credential === null) return "the app's own key";
  const { password, privateKey, agent } = credential;
  return [privateKey && 'a private key', agent && 'an agent', password && 'a password']
    .filter(Boolean)
    .join(' and ');
}

async function findLast(internals: Internals, jobId: number, as: User | undefined) {
  const job = await findJob(internals, jobId);
  // Before anything else is said about the job.
  if (as) await internals.access.require(as, 'job:submit', { record: job, what: `Job ${jobId}` });
  const last = await internals.store.lastAttempt(jobId);
  if (last === null) throw neverSubmitted(jobId);
  return { job, last };
}
