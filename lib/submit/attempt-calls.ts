/** Requests about the newest attempt: cancel it, queue it again, tell where it is. */

import { requireDoneFor } from '../check-input.js';
import { actorOf } from '../protocol/audit.js';
import { explain } from '../protocol/explanation.js';
import type { JobRecord } from '../protocol/records.js';
import { ConflictError } from '../errors.js';
import { findRow } from '../domain/call.js';
import type { Internals } from '../internals.js';
import { withoutProgram } from '../domain/without-program.js';
import type { Ticket } from '../queue/job-queue.js';
import type { RemoteSubmission } from '../remote-submission-types.js';

export type AttemptCalls = Pick<RemoteSubmission, 'cancelJob' | 'requeueJob' | 'explainJob'>;

export function attemptCalls(internals: Internals): AttemptCalls {
  const { store, access } = internals;
  return {
    async cancelJob(jobId, options = {}) {
      requireDoneFor(options);
      const { as, by } = options;
      const job = await findJob(internals, jobId);
      if (as) await access.require(as, 'job:cancel', { record: job, what: `Job ${jobId}` });
      const cancelled = { jobId, ...(await store.requestCancel(jobId, actorOf(as, by))) };
      // A worker that holds the attempt is told by an announcement; where none does, the ticket brings one at once.
      if (cancelled.status !== 'cancelled') await addTicket(internals, cancelled);
      return cancelled;
    },
    async requeueJob(jobId, options = {}) {
      requireDoneFor(options);
      const { as, by } = options;
      const job = await findJob(internals, jobId);
      if (as) await access.require(as, 'job:requeue', { record: job, what: `Job ${jobId}` });
      const ticket = { jobId, ...(await store.requeue(jobId, actorOf(as, by))) };
      await addTicket(internals, ticket);
      return ticket;
    },
    async explainJob(jobId, options = {}) {
      requireDoneFor(options);
      const { as } = options;
      const job = await findJob(internals, jobId);
      if (as) await access.require(as, 'job:read', { record: job, what: `Job ${jobId}` });
      const facts = await store.explainAttempt(jobId);
      if (facts === null) throw neverSubmitted(jobId);
      return { ...facts, summary: explain(facts, new Date()) };
    },
  };
}

/** The attempt is in the database: a ticket that is lost is added again by the workers' own look for it. */
export async function addTicket({ queue, options }: Internals, { jobId, attempt }: Ticket): Promise<void> {
  await queue.add({ jobId, attempt }).catch((error: unknown) => {
    options.logger.warn(
      { jobId, attempt, err: error },
      'A ticket could not be added; a worker finds the attempt by itself.',
    );
  });
}

/** A job as it is loaded here: without its program, which can be large. */
type JobWithoutProgram = Omit<JobRecord, 'program'>;

/** @throws NotFoundError */
export async function findJob({ models }: Internals, jobId: number): Promise<JobWithoutProgram> {
  const find = (id: number) => models.Job.findByPk(id, withoutProgram);
  const job = await findRow({ id: jobId, what: 'Job', find });
  return job.get({ plain: true });
}

export function neverSubmitted(jobId: number): ConflictError {
  return new ConflictError(
    'job_never_submitted',
    `Job ${jobId} was never submitted: there is no attempt of it.`,
  );
}
