/** What a job needs beyond the rules of its fields. */

import type { Sequelize, Transaction } from 'sequelize';
import { isActive } from '../protocol/job-status.js';
import { ConflictError } from '../errors.js';
import { modelError } from './model-error.js';
import type { JobModel, Models } from './model-types.js';

/** Fills in the owner's name, and refuses an interpreter that the server does not have. */
export function addJobHooks(models: Models, sequelize: Sequelize): void {
  const { Job } = models;
  Job.addHook('beforeValidate', (record) => {
    const job = record as JobModel;
    if (job.isNewRecord) job.ownerUsername ??= job.owner;
  });
  Job.addHook('beforeSave', async (record, options) => {
    const job = record as JobModel;
    if (!job.changed('serverId') && !job.changed('interpreterId')) return;
    const { transaction } = options as { transaction?: Transaction | null };
    const problem = await interpreterProblem(models, job, transaction);
    if (problem) throw modelError(sequelize, job, problem);
  });
  Job.addHook('beforeBulkCreate', (_jobs, options) => {
    Object.assign(options, { validate: true, individualHooks: true });
  });
  Job.addHook('beforeDestroy', (record, options) => requireEnded(models, record as JobModel, options));
  Job.addHook('beforeBulkDestroy', (options) => {
    options.individualHooks = true;
  });
}

/** What runs would be watched by nobody. @throws ConflictError `job_active` */
async function requireEnded({ Job }: Models, { id }: JobModel, options: object): Promise<void> {
  const { transaction } = options as { transaction?: Transaction | null };
  const within = transaction ? { transaction, lock: transaction.LOCK.UPDATE } : {};
  const job = await Job.findByPk(id, { attributes: ['id', 'status'], ...within });
  if (!job || !isActive(job.status)) return;
  const message = `Job ${id} is ${job.status}: it cannot be deleted before it has ended. Cancel it first.`;
  throw new ConflictError('job_active', message);
}

/** Why this server and interpreter do not go together, in a sentence, or null. */
export async function interpreterProblem(
  { Server, Interpreter }: Models,
  { serverId, interpreterId }: { serverId: number; interpreterId: number },
  transaction: Transaction | null | undefined,
): Promise<{ path: string; message: string } | null> {
  const within = transaction === undefined ? {} : { transaction };
  // Until the job is there, nobody takes the interpreter away from the server.
  if (transaction) await Server.findByPk(serverId, { transaction, lock: transaction.LOCK.KEY_SHARE });
  const server = await Server.findByPk(serverId, { include: 'interpreters', ...within });
  if (!server)
    return { path: 'serverId', message: `There is no server ${serverId}. Choose one that exists.` };
  const available = server.interpreters ?? [];
  if (available.some(({ id }) => id === interpreterId)) return null;
  const interpreter = await Interpreter.findByPk(interpreterId, within);
  if (!interpreter) {
    return {
      path: 'interpreterId',
      message: `There is no interpreter ${interpreterId}. ${chooseOf(available)}`,
    };
  }
  const message = `Interpreter '${interpreter.name}' is not available on server '${server.title}'. ${chooseOf(available)}`;
  return { path: 'interpreterId', message };
}

function chooseOf(available: readonly { name: string }[]): string {
  if (available.length === 0) return 'The server has no interpreters yet: add one to it first.';
  return `Choose one of: ${available.map(({ name }) => name).join(', ')}.`;
}
