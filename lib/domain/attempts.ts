/** Attempts of jobs: run, copy, retry, cancel, queue again, tell where they are. */

import type { Transaction } from 'sequelize';
import type { Action } from '../access.js';
import { requireDoneFor } from '../check-input.js';
import { actorOf } from '../protocol/audit.js';
import { explain, type AttemptFacts } from '../protocol/explanation.js';
import type { JobStatus } from '../protocol/job-status.js';
import type { Outcome, User } from '../protocol/records.js';
import { ConflictError } from '../errors.js';
import type { JobModel } from '../models/model-types.js';
import type { ResolvedOptions } from '../options.js';
import type { JobQueue, Ticket } from '../queue/job-queue.js';
import type { LastAttempt } from '../store/explain-attempts.js';
import type { JobStore } from '../store/job-store.js';
import type { Credential } from '../transports/session.js';
import type { DoneFor } from './call.js';
import { findJobFor } from './find-records.js';
import {
  makeAttempt,
  type AttemptPlan,
  type AttemptRequest,
  type MadeAttempt,
  type MakeDependencies,
  type SubmitOptions,
} from './make-attempt.js';
import { holdUnchanged, untilUnchanged } from './unchanged.js';
import { waitForEnd, type EndDependencies } from './wait-for-end.js';

/** A job that was handed to the workers. */
export interface Submission {
  jobId: number;
  attempt: number;
  status: 'submitted';
  /** Resolves when the attempt has ended, whichever process carried it out. */
  finished(): Promise<Outcome>;
}

/** A new attempt of a job that had one before. */
export interface Retry extends Submission {
  /** The number of the attempt before it. */
  retryOf: number;
}

/** Where the newest attempt of a job is. */
export interface Explanation extends AttemptFacts {
  /** One sentence about what happens next, and who has to do it. */
  summary: string;
}

/** The calls of an instance that are about the newest attempt of a job, or make a new one. */
export interface Attempts {
  /**
   * Hands the job to the workers.
   * @throws NotFoundError, ForbiddenError, ValidationError, ConflictError `job_active`, DrsError `secret_missing`
   */
  submitJob(jobId: number, options?: SubmitOptions): Promise<Submission>;
  /** The same in this process, without the queue; resolves when the attempt has ended. */
  runJob(jobId: number, options?: SubmitOptions): Promise<Outcome>;
  /** Puts the program on the server and does not run it; ends as `success`, with a log row that says where it is. */
  copyJob(jobId: number, options?: SubmitOptions): Promise<Submission>;
  /**
   * A new attempt, submitted as the newest one was. Credentials that were sealed for that are gone: give them again.
   * @throws NotFoundError, ForbiddenError, ValidationError, ConflictError `job_active` | `job_never_submitted`, DrsError
   *   `secret_missing`
   */
  retryJob(jobId: number, options?: SubmitOptions): Promise<Retry>;
  /**
   * Adds the ticket of the attempt under way again, and lets it be taken now if it was to wait. Harmless at any time:
   * an attempt that a worker holds stays with it. @throws NotFoundError, ForbiddenError, ConflictError `job_not_active`
   */
  requeueJob(
    jobId: number,
    options?: DoneFor,
  ): Promise<{ jobId: number; attempt: number; status: JobStatus }>;
  /** Where the newest attempt is, who holds it, and what it waits for. @throws NotFoundError, ConflictError `job_never_submitted` */
  explainJob(jobId: number, options?: { as?: User }): Promise<Explanation>;
  cancelJob(jobId: number, options?: DoneFor): Promise<{ jobId: number; attempt: number; status: JobStatus }>;
}

/** What attempts are made, ended and looked at with. */
export interface AttemptDependencies extends MakeDependencies, EndDependencies {
  options: MakeDependencies['options'] & Pick<ResolvedOptions, 'secret'>;
  store: Pick<JobStore, 'newest' | 'requests' | 'statuses'>;
  queue: Pick<JobQueue, 'add'>;
  /** Carries an attempt out in this process, without the queue. @param credential what the database does not keep */
  runToEnd: (ticket: Ticket, credential: Credential | null) => Promise<void>;
}

export function createAttempts(dependencies: AttemptDependencies): Attempts {
  const { store } = dependencies;
  const find = (jobId: number, action: Action, as: User | undefined): Promise<JobModel> =>
    findJobFor(dependencies, { id: jobId, action, as });
  const submit = async (asked: AttemptRequest): Promise<Submission> =>
    handOver(dependencies, await makeAttempt(dependencies, asked, true));
  const request = (jobId: number, action: 'job:cancel' | 'job:requeue', options: DoneFor) => {
    requireDoneFor(options);
    return untilUnchanged(async () => {
      const seen = await find(jobId, action, options.as);
      const confirm = (transaction: Transaction): Promise<void> =>
        holdUnchanged([{ what: 'Job', seen }], transaction);
      const by = actorOf(options.as, options.by);
      const asked = action === 'job:cancel' ? store.requests.requestCancel : store.requests.requeue;
      return { jobId, ...(await asked(jobId, by, confirm)) };
    });
  };

  return {
    submitJob: (jobId, options = {}) => submit({ jobId, options, ...run }),
    copyJob: (jobId, options = {}) => submit({ jobId, options, ...copy }),
    async runJob(jobId, options = {}) {
      const mayRemember = dependencies.options.secret !== null;
      const { ticket, credential } = await makeAttempt(dependencies, { jobId, options, ...run }, mayRemember);
      await dependencies.runToEnd(ticket, mayRemember ? null : credential);
      return waitForEnd(dependencies, ticket);
    },
    async retryJob(jobId, options = {}) {
      const plan: AttemptRequest['plan'] = (job, changes) => planRetry(dependencies, job, changes);
      const made = await makeAttempt(dependencies, { jobId, options, right: 'job:submit', plan }, true);
      return { ...(await handOver(dependencies, made)), retryOf: Number(made.retryOf) };
    },
    async cancelJob(jobId, options = {}) {
      const cancelled = await request(jobId, 'job:cancel', options);
      // A worker that holds the attempt is told by an announcement; where none does, the ticket brings one at once.
      if (cancelled.status !== 'cancelled') await addTicket(dependencies, cancelled);
      return cancelled;
    },
    async requeueJob(jobId, options = {}) {
      const requeued = await request(jobId, 'job:requeue', options);
      await addTicket(dependencies, requeued);
      return requeued;
    },
    async explainJob(jobId, options = {}) {
      requireDoneFor(options);
      await find(jobId, 'job:read', options.as);
      const facts = await store.newest.facts(jobId);
      if (facts === null) throw neverSubmitted(jobId);
      return { ...facts, summary: explain(facts, new Date()) };
    },
  };
}

export function neverSubmitted(jobId: number): ConflictError {
  return new ConflictError(
    'job_never_submitted',
    `Job ${jobId} was never submitted: there is no attempt of it.`,
  );
}

const run: Pick<AttemptRequest, 'right' | 'plan'> = {
  right: 'job:submit',
  plan: (_job, options) => ({ options, kind: 'run', action: 'submitted' }),
};
const copy: Pick<AttemptRequest, 'right' | 'plan'> = {
  right: 'job:copy',
  plan: (_job, options) => ({ options, kind: 'copy', action: 'copied' }),
};

/** As the newest attempt was, but for what is said anew. */
async function planRetry(
  { store }: Pick<AttemptDependencies, 'store'>,
  job: JobModel,
  changes: SubmitOptions,
): Promise<AttemptPlan> {
  const last = await store.newest.submission(job.id);
  if (last === null) throw neverSubmitted(job.id);
  const { attempt: retryOf, kind } = last;
  return { options: { ...asBefore(last, job), ...changes }, kind, action: 'retried', retryOf };
}

/** Gives an attempt that was made to the workers. */
async function handOver(
  dependencies: AttemptDependencies,
  { ticket }: Pick<MadeAttempt, 'ticket'>,
): Promise<Submission> {
  await addTicket(dependencies, ticket);
  return { ...ticket, status: 'submitted', finished: () => waitForEnd(dependencies, ticket) };
}

/** The attempt is in the database: a ticket that is lost is added again by the workers' own look for it. */
async function addTicket(
  { queue, options }: Pick<AttemptDependencies, 'queue' | 'options'>,
  { jobId, attempt }: Ticket,
): Promise<void> {
  await queue.add({ jobId, attempt }).catch((error: unknown) => {
    options.logger.warn(
      { jobId, attempt, err: error },
      'A ticket could not be added; a worker finds the attempt by itself.',
    );
  });
}

/** What a new attempt takes over from the last one. */
function asBefore(last: LastAttempt, { ownerUsername }: { ownerUsername: string }): SubmitOptions {
  const { isRemote, username, logPolicy, storeResults, timeoutMs } = last;
  return {
    logPolicy,
    remote: isRemote,
    // The owner may have another name by now.
    ...(username === ownerUsername ? {} : { username }),
    ...(timeoutMs === null ? {} : { timeoutMs }),
    ...(storeResults === null ? {} : { storeResults }),
  };
}
