/** Adds, changes and deletes jobs. Rights to the job itself were asked; each runs within `untilUnchanged`. */

import type { Sequelize, Transaction } from 'sequelize';
import type { Access } from '../access.js';
import type { AuditAction } from '../protocol/audit.js';
import { isActive } from '../protocol/job-status.js';
import type { Owner } from '../protocol/owner.js';
import { ConflictError, ValidationError, type Problem } from '../errors.js';
import { requireProgramFits, type Limits } from '../limits.js';
import type { Logger } from '../logger.js';
import type { Audit } from '../models/audit.js';
import type { JobInput, JobModel, Models } from '../models/model-types.js';
import type { EventBus } from '../queue/event-bus.js';
import type { FileStorage } from '../storage/file-storage.js';
import { isAllowed, type Call } from './call.js';
import { changedNames } from './changed-names.js';
import { ownerProblems, requireOwnerAllowed } from './job-owner.js';
import type { JobChanges, NewJob } from '../protocol/schemas/job-schemas.js';
import { withoutProgram } from './find-records.js';
import { afterCommit, inSavepoint } from './transaction.js';
import { holdUnchanged, lockUnchanged } from './unchanged.js';
import { findUsed, requireMayUse, seenOf, type Used, type UsedIds } from './use-rights.js';

/** What jobs are changed with. */
export interface JobDependencies {
  sequelize: Sequelize;
  models: Models;
  access: Access;
  audit: Audit;
  bus: Pick<EventBus, 'publish'>;
  storage: Pick<FileStorage, 'delete'>;
  limits: Pick<Limits, 'programBytes'>;
  logger: Logger;
}

/** @throws DrsError `program_too_large`, ValidationError, ForbiddenError `owner_not_allowed` */
export async function createJob(dependencies: JobDependencies, call: Call, input: NewJob): Promise<JobModel> {
  const { as } = call;
  const before = as && { owner: String(as.id), ownerUsername: as.username };
  const used = await requireUsable(dependencies, call, { before, changes: input });
  const { sequelize, models } = dependencies;
  return inSavepoint(sequelize, call.transaction, async (transaction) => {
    await holdUnchanged(seenOf(used), transaction);
    const job = await models.Job.create({ ...before, ...input } as JobInput, { transaction });
    await record(dependencies, call, { job, action: 'created', transaction });
    announce(dependencies, job, transaction);
    return job;
  });
}

/** @param change `before`: the job that rights were asked about. @throws ConflictError `job_active` and what `createJob` throws */
export async function updateJob(
  dependencies: JobDependencies,
  call: Call,
  { before, changes }: { before: JobModel; changes: JobChanges },
): Promise<JobModel> {
  const used = await requireUsable(dependencies, call, { before, changes });
  return inSavepoint(dependencies.sequelize, call.transaction, async (transaction) => {
    const job = await lockUnchanged(before, { what: 'Job', strength: 'NO_KEY_UPDATE' }, transaction);
    await holdUnchanged(seenOf(used), transaction);
    job.set(changes);
    const names = changedNames(job);
    if (names.length === 0) return job;
    // A form sends everything back, also what it leaves as it is.
    if (names.some((name) => name !== 'title')) requireIdle(job, 'nothing but its title can change');
    await job.save({ transaction });
    await record(dependencies, call, { job, action: 'changed', detail: names.join(', '), transaction });
    announce(dependencies, job, transaction);
    return job;
  });
}

/** Deletes the rows, then the stored files: a file that stays is litter, a row without its file would be a lie. */
export async function deleteJob(dependencies: JobDependencies, call: Call, before: JobModel): Promise<void> {
  const { sequelize, models } = dependencies;
  await inSavepoint(sequelize, call.transaction, async (transaction) => {
    // The lock keeps a submit from slipping in between the look and the change.
    const job = await lockUnchanged(
      before,
      { what: 'Job', strength: 'UPDATE', ...withoutProgram },
      transaction,
    );
    requireIdle(job, 'it cannot be deleted');
    const results = await models.Result.findAll({ where: { jobId: job.id }, transaction });
    await job.destroy({ transaction });
    await record(dependencies, call, { job, action: 'deleted', detail: job.title, transaction });
    const storageKeys = results.map(({ storageKey }) => storageKey);
    afterCommit(transaction, () => deleteFiles(dependencies, job.id, storageKeys));
  });
}

async function deleteFiles(
  { storage, logger }: JobDependencies,
  jobId: number,
  storageKeys: readonly string[],
): Promise<void> {
  for (const storageKey of storageKeys) {
    await storage.delete(storageKey).catch((error: unknown) => {
      logger.warn({ jobId, storageKey, err: error }, 'a stored file of a deleted job stays');
    });
  }
}

function record(
  { audit }: JobDependencies,
  { actor }: Call,
  what: { job: JobModel; action: AuditAction; detail?: string; transaction: Transaction },
): Promise<void> {
  const { job, transaction, ...event } = what;
  return audit.record({ subject: 'job', id: job.id, by: actor, ...event }, transaction);
}

/** Live lists show new jobs and new titles too. */
function announce({ bus }: JobDependencies, job: JobModel, transaction: Transaction): void {
  const { id: jobId, attempt, status } = job;
  afterCommit(transaction, () => bus.publish({ type: 'status', jobId, attempt, status }));
}

function requireIdle(job: JobModel, what: string): void {
  if (!isActive(job.status)) return;
  throw new ConflictError(
    'job_active',
    `Job ${job.id} is ${job.status}: ${what} before it has ended. Cancel it first.`,
  );
}

/**
 * The server and interpreter that are newly chosen, and may be used.
 * @param change `before`: the job as it is, or whose it would be; nobody's where host code makes one
 */
async function requireUsable(
  dependencies: JobDependencies,
  call: Call,
  { before, changes }: { before: (Owner & UsedIds) | undefined; changes: JobChanges },
): Promise<Used> {
  requireOwnerAllowed(call, { before, changes });
  if (changes.program !== undefined) requireProgramFits(changes.program, dependencies.limits);
  // A form sends everything back: what stays as it is was allowed once, and is asked for again when the job is submitted.
  const chosen = {
    serverId: changes.serverId === before?.serverId ? undefined : changes.serverId,
    interpreterId: changes.interpreterId === before?.interpreterId ? undefined : changes.interpreterId,
  };
  const found = await findUsed(dependencies, chosen, call.transaction);
  const problems = [
    ...ownerProblems(before, changes),
    ...(await unseen(dependencies, call, { chosen, found })),
  ];
  if (problems.length > 0) throw new ValidationError(problems);
  await requireMayUse(dependencies, call, found);
  return found;
}

async function unseen(
  { access }: JobDependencies,
  call: Call,
  { chosen, found }: { chosen: UsedIds; found: Used },
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const kind of ['server', 'interpreter'] as const) {
    const id = chosen[`${kind}Id`];
    if (id === undefined) continue;
    const record = found[kind];
    const isSeen = record !== null && (await isAllowed(access, call, { action: `${kind}:read`, record }));
    if (!isSeen) problems.push({ path: `${kind}Id`, message: `there is no ${kind} ${id}` });
  }
  return problems;
}
