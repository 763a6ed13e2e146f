/** Adds, changes and deletes servers, for every door. */

import { Transaction } from 'sequelize';
import { actorOf, type AuditAction } from '../core/audit.js';
import type { User } from '../core/records.js';
import { ConflictError, NotFoundError, ValidationError, type Problem } from '../errors.js';
import type { Internals } from '../internals.js';
import type { ServerInput } from '../models/define-models.js';
import { changedNames, numbered } from './in-words.js';
import { saving } from './saving.js';
import type { Server } from './targets.js';

/** What a door may set of a server. */
export interface ServerChanges {
  title?: string;
  hostname?: string;
  port?: number;
  controlDirectory?: string | null;
  legacyAlgorithms?: boolean;
  proxyJump?: number | null;
  interpreterIds?: readonly number[];
}

interface Asked {
  internals: Internals;
  user: User;
}

/** The server and its interpreters, together or not at all. @throws ValidationError */
export async function createServer({ internals, user }: Asked, changes: ServerChanges): Promise<Server> {
  const { interpreterIds = [], ...values } = changes;
  await requireInterpreters({ internals, user }, interpreterIds);
  await requireJumpHost({ internals, user }, values.proxyJump);
  return inTransaction(internals, async (transaction) => {
    const input = { port: 22, ...values } as ServerInput;
    const server = await internals.models.Server.create(input, { transaction });
    await server.setInterpreters([...new Set(interpreterIds)], { transaction });
    await record({ internals, user }, { server, action: 'created', detail: server.title, transaction });
    if (server.legacyAlgorithms) await recordLegacy({ internals, user }, server, transaction);
    return server;
  });
}

/**
 * @throws ValidationError, also for an interpreter that a job on this server still needs, NotFoundError, ConflictError
 *   `server_in_use` for another address or jump host while attempts are under way there, or through it
 */
export async function updateServer(
  { internals, user }: Asked,
  id: number,
  changes: ServerChanges,
): Promise<Server> {
  const { interpreterIds, ...values } = changes;
  if (interpreterIds) await requireInterpreters({ internals, user }, interpreterIds);
  await requireJumpHost({ internals, user }, values.proxyJump);
  let isLegacyChanged = false;
  const changed = await inTransaction(internals, async (transaction) => {
    const server = await existing(internals, id, transaction);
    server.set(values);
    const names = changedNames(server);
    isLegacyChanged = names.includes('legacyAlgorithms');
    await server.save({ transaction });
    if (interpreterIds && (await changeInterpreters(internals, { server, interpreterIds, transaction })))
      names.push('interpreters');
    await record({ internals, user }, { server, action: 'changed', detail: names.join(', '), transaction });
    if (isLegacyChanged) await recordLegacy({ internals, user }, server, transaction);
    return server;
  });
  if (isLegacyChanged) signInAnew(internals, changed);
  return changed;
}

/** @throws ConflictError `in_use`, which says by how many jobs or servers, NotFoundError */
export async function deleteServer({ internals, user }: Asked, id: number): Promise<void> {
  await inTransaction(internals, async (transaction) => {
    const server = await existing(internals, id, transaction);
    const jobs = await internals.models.Job.count({ where: { serverId: id }, transaction });
    if (jobs > 0) {
      const message = `“${server.title}” is used by ${numbered(jobs, 'job')}. Change or delete these first.`;
      throw new ConflictError('in_use', message);
    }
    const behind = await internals.models.Server.count({ where: { proxyJump: id }, transaction });
    if (behind > 0) {
      const message = `“${server.title}” is the jump host of ${numbered(behind, 'server')}. Change or delete these first.`;
      throw new ConflictError('in_use', message);
    }
    await server.destroy({ transaction });
    await record({ internals, user }, { server, action: 'deleted', detail: server.title, transaction });
  });
}

function inTransaction<Value>(
  { sequelize }: Internals,
  change: (transaction: Transaction) => Promise<Value>,
): Promise<Value> {
  // A stricter level would not see what was submitted while it waited for a lock.
  const isolationLevel = Transaction.ISOLATION_LEVELS.READ_COMMITTED;
  return saving(() => sequelize.transaction({ isolationLevel }, change));
}

function record(
  { internals, user }: Asked,
  what: { server: Server; action: AuditAction; detail: string; transaction: Transaction },
): Promise<void> {
  const { server, action, detail, transaction } = what;
  const { id, hostname, port } = server;
  const entry = { subject: 'server', id, hostname, port, by: actorOf(user), action, detail } as const;
  return internals.audit.record(entry, transaction);
}

/** Says which way: it decides how safe what is sent there is. */
function recordLegacy(asked: Asked, server: Server, transaction: Transaction): Promise<void> {
  const action = server.legacyAlgorithms ? 'legacy_algorithms_allowed' : 'legacy_algorithms_forbidden';
  return record(asked, { server, action, detail: server.title, transaction });
}

/** In every process: no connection goes on with algorithms that were chosen before. */
function signInAnew({ transports, bus }: Internals, { hostname, port }: Server): void {
  transports.ssh.retire({ hostname, port });
  bus.publish({ type: 'retire', hostname, port });
}

async function existing({ models }: Internals, id: number, transaction: Transaction): Promise<Server> {
  const server = await models.Server.findByPk(id, { transaction });
  if (!server) throw new NotFoundError(`Server ${id}`);
  return server;
}

async function requireInterpreters({ internals, user }: Asked, ids: readonly number[]): Promise<void> {
  const known = new Set<number>();
  for (const interpreter of await internals.models.Interpreter.findAll({ where: { id: [...ids] } })) {
    if (await internals.access.isAllowed(user, 'interpreter:read', interpreter)) known.add(interpreter.id);
  }
  const problems = ids.flatMap((id, index): Problem[] =>
    known.has(id) ? [] : [{ path: `interpreterIds.${index}`, message: `there is no interpreter ${id}` }],
  );
  if (problems.length > 0) throw new ValidationError(problems);
}

/** One that may not be seen is none; the model says what else is wrong with it. */
async function requireJumpHost(
  { internals: { models, access }, user }: Asked,
  id: number | null | undefined,
): Promise<void> {
  if (id === null || id === undefined) return;
  const server = await models.Server.findByPk(id);
  if (server && (await access.isAllowed(user, 'server:read', server))) return;
  const message = `There is no server ${id}. Choose one that exists.`;
  throw new ValidationError([{ path: 'proxyJump', message }]);
}

/** False when the server has these already. A job whose interpreter it lost could not be submitted any more. */
async function changeInterpreters(
  { models }: Internals,
  {
    server,
    interpreterIds,
    transaction,
  }: { server: Server; interpreterIds: readonly number[]; transaction: Transaction },
): Promise<boolean> {
  const had = await server.getInterpreters({ transaction });
  for (const { id, name } of had.filter((interpreter) => !interpreterIds.includes(interpreter.id))) {
    const jobs = await models.Job.count({ where: { serverId: server.id, interpreterId: id }, transaction });
    if (jobs === 0) continue;
    const message = `“${name}” is used by ${numbered(jobs, 'job')} on this server. Change or delete these first.`;
    throw new ValidationError([{ path: 'interpreterIds', message }]);
  }
  const wanted = new Set(interpreterIds);
  if (had.length === wanted.size && had.every(({ id }) => wanted.has(id))) return false;
  await server.setInterpreters([...wanted], { transaction });
  return true;
}
