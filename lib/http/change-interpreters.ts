/** Adds, changes and deletes interpreters, for every door. */

import type { Transaction } from 'sequelize';
import { actorOf } from '../core/audit.js';
import type { InterpreterRecord, User } from '../core/records.js';
import { ConflictError, NotFoundError } from '../errors.js';
import type { Internals } from '../internals.js';
import type { InterpreterInput } from '../models/define-models.js';
import { changedNames, numbered } from './in-words.js';
import { saving } from './saving.js';
import type { Interpreter } from './targets.js';

type Changes = Partial<Omit<InterpreterRecord, 'id'>>;

interface Asked {
  internals: Internals;
  user: User;
}

/** @throws ValidationError */
export async function createInterpreter({ internals, user }: Asked, values: Changes): Promise<Interpreter> {
  const { models, sequelize, audit } = internals;
  return saving(() =>
    sequelize.transaction(async (transaction) => {
      const input = { arguments: [], ...values } as InterpreterInput;
      const interpreter = await models.Interpreter.create(input, { transaction });
      const { id, name: detail } = interpreter;
      const entry = { subject: 'interpreter', id, by: actorOf(user), action: 'created', detail } as const;
      await audit.record(entry, transaction);
      return interpreter;
    }),
  );
}

/** @throws ValidationError, NotFoundError */
export async function updateInterpreter(
  { internals, user }: Asked,
  id: number,
  changes: Changes,
): Promise<Interpreter> {
  const { sequelize, audit } = internals;
  return saving(() =>
    sequelize.transaction(async (transaction) => {
      const interpreter = await existing(internals, id, transaction);
      interpreter.set(changes);
      const detail = changedNames(interpreter).join(', ');
      await interpreter.save({ transaction });
      const entry = { subject: 'interpreter', id, by: actorOf(user), action: 'changed', detail } as const;
      await audit.record(entry, transaction);
      return interpreter;
    }),
  );
}

/** @throws ConflictError `in_use`, which says by what, NotFoundError */
export async function deleteInterpreter({ internals, user }: Asked, id: number): Promise<void> {
  const { sequelize, audit } = internals;
  await saving(() =>
    sequelize.transaction(async (transaction) => {
      const interpreter = await existing(internals, id, transaction);
      await requireUnused(internals, interpreter, transaction);
      await interpreter.destroy({ transaction });
      const { name: detail } = interpreter;
      const entry = { subject: 'interpreter', id, by: actorOf(user), action: 'deleted', detail } as const;
      await audit.record(entry, transaction);
    }),
  );
}

/** So many servers are named; the rest is a number. */
const namedServers = 5;

async function requireUnused(
  { models }: Internals,
  interpreter: Interpreter,
  transaction: Transaction,
): Promise<void> {
  const where = { interpreterId: interpreter.id };
  const jobs = await models.Job.count({ where, transaction });
  const servers = await interpreter.getServers({ transaction });
  const more = servers.length - namedServers;
  const users = [
    ...(jobs > 0 ? [numbered(jobs, 'job')] : []),
    ...servers.slice(0, namedServers).map(({ title }) => `server “${title}”`),
    ...(more > 0 ? [numbered(more, 'more server')] : []),
  ];
  if (users.length === 0) return;
  const message = `“${interpreter.name}” is used by ${users.join(', ')}. Change or delete these first.`;
  throw new ConflictError('in_use', message);
}

async function existing({ models }: Internals, id: number, transaction: Transaction): Promise<Interpreter> {
  const interpreter = await models.Interpreter.findByPk(id, { transaction });
  if (!interpreter) throw new NotFoundError(`Interpreter ${id}`);
  return interpreter;
}
