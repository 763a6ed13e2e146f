/** Submitting, running, copying and cancelling: what a caller may ask, checked, and made into an attempt. */

import { LogPolicy } from '../core/log-policy.js';
import type { JobRecord, Outcome } from '../core/records.js';
import { explain } from '../core/explanation.js';
import { ConflictError, NotFoundError } from '../errors.js';
import type { Internals } from '../internals.js';
import type { RemoteSubmission, Submission, SubmitOptions } from '../remote-submission-types.js';
import type { Runner } from '../worker/runner.js';
import { chooseCredential } from './choose-credential.js';
import { waitForEnd } from './wait-for-end.js';

type Submitter = Pick<
  RemoteSubmission,
  'submitJob' | 'runJob' | 'copyJob' | 'cancelJob' | 'retryJob' | 'explainJob'
>;

/** @param runnerOf gives the runner of this process, for jobs that are run without the queue */
export function submitter(internals: Internals, runnerOf: () => Runner): Submitter {
  const { store, access, queue, options } = internals;

  async function queueAttempt(
    jobId: number,
    submitOptions: SubmitOptions,
    kind: 'run' | 'copy',
  ): Promise<Submission> {
    const attempt = await makeAttempt(internals, { jobId, kind, submitOptions, mayRemember: true });
    const ticket = { jobId, attempt: attempt.attempt };
    // The attempt is in the database: a ticket that is lost is added again by the workers' own look for it.
    await queue.add(ticket).catch((error: unknown) => {
      options.logger.warn(
        { ...ticket, err: error },
        'A ticket could not be added; a worker finds the attempt by itself.',
      );
    });
    return { ...ticket, status: 'submitted', finished: () => waitForEnd(internals, ticket) };
  }

  return {
    submitJob: (jobId, submitOptions = {}) => queueAttempt(jobId, submitOptions, 'run'),
    copyJob: (jobId, submitOptions = {}) => queueAttempt(jobId, submitOptions, 'copy'),
    async runJob(jobId, submitOptions = {}): Promise<Outcome> {
      const mayRemember = options.secret !== null;
      const { attempt, credential } = await makeAttempt(internals, {
        jobId,
        kind: 'run',
        submitOptions,
        mayRemember,
      });
      const ticket = { jobId, attempt };
      await runnerOf().runToEnd(ticket, mayRemember ? null : credential);
      return waitForEnd(internals, ticket);
    },
    async retryJob(jobId, submitOptions = {}) {
      const last = await findLast(internals, jobId);
      const { kind, isRemote, username, logPolicy, storeResults, timeoutMs } = last;
      const before = {
        username,
        logPolicy,
        remote: isRemote,
        ...(timeoutMs === null ? {} : { timeoutMs }),
        ...(storeResults === null ? {} : { storeResults }),
      };
      const submission = await queueAttempt(jobId, { ...before, ...submitOptions }, kind);
      return { ...submission, retryOf: submission.attempt - 1 };
    },
    async explainJob(jobId, { as } = {}) {
      const job = await findJob(internals, jobId);
      if (as) await access.require(as, 'job:read', { record: job, what: `Job ${jobId}` });
      const facts = await store.explainAttempt(jobId);
      if (facts === null) throw neverSubmitted(jobId);
      return { ...facts, summary: explain(facts, new Date()) };
    },
    async cancelJob(jobId, { as } = {}) {
      const job = await findJob(internals, jobId);
      if (as) await access.require(as, 'job:cancel', { record: job, what: `Job ${jobId}` });
      return { jobId, ...(await store.requestCancel(jobId)) };
    },
  };
}

interface Wanted {
  jobId: number;
  kind: 'run' | 'copy';
  submitOptions: SubmitOptions;
  /** False: there is no secret to seal a credential with, and it stays in this process. */
  mayRemember: boolean;
}

async function makeAttempt(internals: Internals, { jobId, kind, submitOptions, mayRemember }: Wanted) {
  const { store, access } = internals;
  const job = await findJob(internals, jobId);
  const action = kind === 'copy' ? 'job:copy' : 'job:submit';
  if (submitOptions.as) await access.require(submitOptions.as, action, { record: job, what: `Job ${jobId}` });
  const isRemote = submitOptions.remote ?? true;
  const { username, credential } = isRemote
    ? await chooseCredential(internals, job, submitOptions)
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
  });
  return { attempt, credential };
}

async function findLast(internals: Internals, jobId: number) {
  await findJob(internals, jobId);
  const last = await internals.store.lastAttempt(jobId);
  if (last === null) throw neverSubmitted(jobId);
  return last;
}

function neverSubmitted(jobId: number): ConflictError {
  return new ConflictError(
    'job_never_submitted',
    `Job ${jobId} was never submitted: there is no attempt of it.`,
  );
}

async function findJob({ models }: Internals, jobId: number): Promise<JobRecord> {
  const job = Number.isSafeInteger(jobId) ? await models.Job.findByPk(jobId) : null;
  if (!job) throw new NotFoundError(`Job ${jobId}`);
  return job.get({ plain: true });
}
