/** Adds, changes and deletes jobs. */

import type { Transaction } from 'sequelize';
import type { z } from 'zod';
import { actorOf, type AuditAction } from '../core/audit.js';
import { isActive } from '../core/job-status.js';
import type { User } from '../core/records.js';
import { ConflictError, ForbiddenError, NotFoundError, ValidationError, type Problem } from '../errors.js';
import type { Internals } from '../internals.js';
import { requireProgramFits } from '../limits.js';
import { changedNames } from './in-words.js';
import { saving } from './saving.js';
import type { jobBody, jobPatch } from './schemas.js';
import type { Job } from './targets.js';

type Changes = z.infer<typeof jobPatch>;

/** @throws DrsError `program_too_large` | ValidationError | ForbiddenError `owner_not_allowed` */
export async function createJob(
  internals: Internals,
  body: z.infer<typeof jobBody>,
  user: User,
): Promise<Job> {
  await requireUsable(internals, body, user);
  if (body.owner !== undefined && body.ownerUsername === undefined) {
    const message = 'is required with owner: the name of that user on servers';
    throw new ValidationError([{ path: 'ownerUsername', message }]);
  }
  const owner = { owner: String(user.id), ownerUsername: user.username };
  const job = await saving(() =>
    internals.sequelize.transaction(async (transaction) => {
      const made = await internals.models.Job.create({ ...owner, ...body }, { transaction });
      await record(internals, { job: made, action: 'created', user, transaction });
      return made;
    }),
  );
  announce(internals, job);
  return job;
}

/** @throws ConflictError `job_active` and what `createJob` throws */
export async function updateJob(
  internals: Internals,
  { id, changes, user }: { id: number; changes: Changes; user: User },
): Promise<Job> {
  await requireUsable(internals, changes, user);
  const changed = await withLockedJob(internals, id, async (job, transaction) => {
    job.set(changes);
    const names = changedNames(job);
    // A form sends everything back, also what it leaves as it is.
    if (names.some((name) => name !== 'title')) requireIdle(job, 'nothing but its title can change');
    await saving(() => job.save({ transaction }));
    await record(internals, { job, action: 'changed', detail: names.join(', '), user, transaction });
    return job;
  });
  announce(internals, changed);
  return changed;
}

/** Deletes the rows, then the stored files: a file that stays is litter, a row without its file would be a lie. */
export async function deleteJob(
  internals: Internals,
  { id, user }: { id: number; user: User },
): Promise<void> {
  const keys = await withLockedJob(internals, id, async (job, transaction) => {
    requireIdle(job, 'it can not be deleted');
    const results = await internals.models.Result.findAll({ where: { jobId: id }, transaction });
    await saving(() => job.destroy({ transaction }));
    await record(internals, { job, action: 'deleted', detail: job.title, user, transaction });
    return results.map(({ storageKey }) => storageKey);
  });
  for (const storageKey of keys) {
    await internals.storage.delete(storageKey).catch((error: unknown) => {
      internals.options.logger.warn(
        { jobId: id, storageKey, err: error },
        'a stored file of a deleted job stays',
      );
    });
  }
}

function record(
  { audit }: Internals,
  what: { job: Job; action: AuditAction; detail?: string; user: User; transaction: Transaction },
): Promise<void> {
  const { job, user, transaction, ...event } = what;
  return audit.record({ subject: 'job', id: job.id, by: actorOf(user), ...event }, transaction);
}

/** Live lists show new jobs and new titles too. */
function announce({ bus }: Internals, { id: jobId, attempt, status }: Job): void {
  bus.publish({ type: 'status', jobId, attempt, status });
}

/** The lock keeps a submit from slipping in between the look and the change. */
async function withLockedJob<Value>(
  internals: Internals,
  id: number,
  change: (job: Job, transaction: Transaction) => Promise<Value>,
): Promise<Value> {
  return internals.sequelize.transaction(async (transaction) => {
    const job = await internals.models.Job.findByPk(id, { transaction, lock: transaction.LOCK.UPDATE });
    if (!job) throw new NotFoundError(`Job ${id}`);
    return change(job, transaction);
  });
}

function requireIdle(job: Job, what: string): void {
  if (!isActive(job.status)) return;
  throw new ConflictError(
    'job_active',
    `Job ${job.id} is ${job.status}: ${what} before it has ended. Cancel it first.`,
  );
}

async function requireUsable(internals: Internals, changes: Changes, user: User): Promise<void> {
  requireOwnerAllowed(changes, user);
  if (changes.program !== undefined) requireProgramFits(changes.program, internals.options.limits);
  const problems = await unseen(internals, changes, user);
  if (problems.length > 0) throw new ValidationError(problems);
}

/** The owner's name is what the app's own key signs in as: nobody may choose another's. */
function requireOwnerAllowed({ owner, ownerUsername }: Changes, user: User): void {
  if (user.isAdmin === true) return;
  const isOwn =
    (owner ?? String(user.id)) === String(user.id) && (ownerUsername ?? user.username) === user.username;
  if (!isOwn)
    throw new ForbiddenError('Only administrators may choose the owner of a job.', 'owner_not_allowed');
}

async function unseen(
  internals: Internals,
  { serverId, interpreterId }: Changes,
  user: User,
): Promise<Problem[]> {
  const { access, models } = internals;
  const problems: Problem[] = [];
  if (serverId !== undefined) {
    const server = await models.Server.findByPk(serverId);
    const isSeen = server !== null && (await access.isAllowed(user, 'server:read', server));
    if (!isSeen) problems.push({ path: 'serverId', message: `there is no server ${serverId}` });
  }
  if (interpreterId !== undefined) {
    const interpreter = await models.Interpreter.findByPk(interpreterId);
    const isSeen = interpreter !== null && (await access.isAllowed(user, 'interpreter:read', interpreter));
    if (!isSeen)
      problems.push({ path: 'interpreterId', message: `there is no interpreter ${interpreterId}` });
  }
  return problems;
}
