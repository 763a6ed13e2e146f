/** Adds, changes and deletes servers. Rights to the server itself were asked; each runs within `untilUnchanged`. */

import type { Sequelize, Transaction } from 'sequelize';
import type { Access } from '../access.js';
import type { AuditAction } from '../protocol/audit.js';
import { choices } from '../protocol/choices.js';
import { numbered } from '../protocol/numbered.js';
import { ValidationError, type Problem } from '../errors.js';
import type { Acting } from '../models/audit-algorithms.js';
import type { Audit } from '../models/audit.js';
import { lockProxyJumps } from '../models/check-proxy-jump.js';
import type { InterpreterModel, Models, ServerModel } from '../models/model-types.js';
import type { EventBus } from '../queue/event-bus.js';
import { isAllowed, type Call } from './call.js';
import { changedNames } from './changed-names.js';
import type { NewServer, ServerChanges } from '../protocol/schemas/server-schemas.js';
import { retireConnections } from './retire-connections.js';
import { jumpProblems, unknownNames, type Offers } from './server-choices.js';
import { inSavepoint } from './transaction.js';
import { holdUnchanged, lockUnchanged, type SeenRows } from './unchanged.js';

/** What servers are changed with. */
export interface ServerDependencies {
  sequelize: Sequelize;
  models: Models;
  access: Access;
  audit: Audit;
  bus: Pick<EventBus, 'publish'>;
  transports: Offers['transports'];
  schedulers: Offers['schedulers'];
}

/** @throws ValidationError */
export async function createServer(
  dependencies: ServerDependencies,
  call: Call,
  input: NewServer,
): Promise<ServerModel> {
  const { interpreterIds = [], ...values } = input;
  const { transport = choices.transport.usual, proxyJump = null } = input;
  const references = await requireReferences(dependencies, call, {
    changes: input,
    chosen: { transport, proxyJump },
  });
  const { sequelize, models } = dependencies;
  return inSavepoint(sequelize, call.transaction, async (transaction) => {
    // Before any row, as `save` does.
    if (input.proxyJump) await lockProxyJumps(sequelize, transaction);
    await holdUnchanged(references, transaction);
    const options: { transaction: Transaction } & Acting = { transaction, drsActor: call.actor };
    const server = await models.Server.create(values, options);
    await server.setInterpreters([...new Set(interpreterIds)], { transaction });
    await record(dependencies, call, { server, action: 'created', detail: server.title, transaction });
    return server;
  });
}

/**
 * @param change `before`: the server that rights were asked about
 * @throws ValidationError, NotFoundError, ConflictError `server_in_use`
 */
export async function updateServer(
  dependencies: ServerDependencies,
  call: Call,
  { before, changes }: { before: ServerModel; changes: ServerChanges },
): Promise<ServerModel> {
  const { interpreterIds, ...values } = changes;
  const { transport = before.transport, proxyJump = before.proxyJump } = changes;
  const references = await requireReferences(dependencies, call, {
    changes: newIn(before, changes),
    chosen: { transport, proxyJump },
  });
  const { sequelize } = dependencies;
  return inSavepoint(sequelize, call.transaction, async (transaction) => {
    // Before the row, as `save` does: two orders would wait for each other.
    if (isWayChanged(changes)) await lockProxyJumps(sequelize, transaction);
    // Jobs that are being made hold the row's key: they are counted before an interpreter goes.
    const strength = interpreterIds ? 'UPDATE' : 'NO_KEY_UPDATE';
    const server = await lockUnchanged(before, { what: 'Server', strength }, transaction);
    await holdUnchanged(references, transaction);
    // The setter makes texts of ids.
    server.set(values as Partial<ServerModel>);
    const names = changedNames(server);
    const options: { transaction: Transaction } & Acting = { transaction, drsActor: call.actor };
    await server.save(options);
    if (interpreterIds && (await changeInterpreters(dependencies, { server, interpreterIds, transaction })))
      names.push('interpreters');
    if (names.length === 0) return server;
    await record(dependencies, call, { server, action: 'changed', detail: names.join(', '), transaction });
    if (names.includes('legacyAlgorithms')) {
      const { hostname, port } = server;
      // What comes next chooses them anew.
      retireConnections(dependencies, { hostname, port }, transaction);
    }
    return server;
  });
}

/** @throws ConflictError `in_use`, NotFoundError */
export async function deleteServer(
  dependencies: ServerDependencies,
  call: Call,
  before: ServerModel,
): Promise<void> {
  await inSavepoint(dependencies.sequelize, call.transaction, async (transaction) => {
    const server = await lockUnchanged(before, { what: 'Server', strength: 'UPDATE' }, transaction);
    await server.destroy({ transaction });
    await record(dependencies, call, { server, action: 'deleted', detail: server.title, transaction });
  });
}

/** Whether a save may lock the ways to servers. */
function isWayChanged({ hostname, port, proxyJump, transport, scheduler }: ServerChanges): boolean {
  return [hostname, port, proxyJump, transport, scheduler].some((value) => value !== undefined);
}

interface Recorded {
  server: ServerModel;
  transaction: Transaction;
}

function record(
  { audit }: ServerDependencies,
  { actor }: Call,
  what: Recorded & { action: AuditAction; detail: string },
): Promise<void> {
  const { server, action, detail, transaction } = what;
  const { id, hostname, port } = server;
  const entry = { subject: 'server', id, hostname, port, by: actor, action, detail } as const;
  return audit.record(entry, transaction);
}

/** What it refers to. What may not be seen is not there; the model says what else is wrong with a jump host. */
async function requireReferences(
  dependencies: ServerDependencies,
  call: Call,
  { changes, chosen }: { changes: ServerChanges; chosen: Pick<ServerModel, 'transport' | 'proxyJump'> },
): Promise<SeenRows> {
  const { models, access } = dependencies;
  const { interpreterIds = [], proxyJump } = changes;
  // null keeps a host's CLS transaction out.
  const { transaction = null } = call;
  const seen: { what: string; seen: InterpreterModel | ServerModel }[] = [];
  const problems: Problem[] = unknownNames(dependencies, changes);
  if (changes.proxyJump !== undefined || changes.transport !== undefined) {
    const path = changes.proxyJump === undefined ? 'transport' : 'proxyJump';
    problems.push(...jumpProblems(dependencies, chosen, path));
  }
  const known = new Set<number>();
  const where = { id: interpreterIds };
  for (const record of await models.Interpreter.findAll({ where, order: ['id'], transaction })) {
    if (!(await isAllowed(access, call, { action: 'interpreter:read', record }))) continue;
    known.add(record.id);
    seen.push({ what: 'Interpreter', seen: record });
  }
  interpreterIds.forEach((id, index) => {
    if (known.has(id)) return;
    problems.push({ path: `interpreterIds.${index}`, message: `there is no interpreter ${id}` });
  });
  if (proxyJump !== null && proxyJump !== undefined) {
    const record = await models.Server.findByPk(proxyJump, { transaction });
    if (record && (await isAllowed(access, call, { action: 'server:read', record }))) {
      seen.unshift({ what: 'Server', seen: record });
    } else {
      const message = `There is no server ${proxyJump}. Choose one that exists.`;
      problems.push({ path: 'proxyJump', message });
    }
  }
  if (problems.length > 0) throw new ValidationError(problems);
  return seen;
}

/** What a form sends back as it is was allowed once, maybe by a process that has other schedulers. */
function newIn(before: ServerModel, changes: ServerChanges): ServerChanges {
  const kept = (['transport', 'scheduler', 'proxyJump'] as const).filter(
    (name) => changes[name] === before[name],
  );
  return Object.fromEntries(
    Object.entries(changes).filter(([name]) => !kept.some((other) => other === name)),
  );
}

/** False when the server has these already. A job whose interpreter it lost could not be submitted any more. */
async function changeInterpreters(
  { models }: ServerDependencies,
  change: Recorded & { interpreterIds: readonly number[] },
): Promise<boolean> {
  const { server, interpreterIds, transaction } = change;
  const chosen = new Set(interpreterIds);
  const had = await server.getInterpreters({ transaction });
  for (const { id, name } of had.filter((interpreter) => !chosen.has(interpreter.id))) {
    const jobs = await models.Job.count({ where: { serverId: server.id, interpreterId: id }, transaction });
    if (jobs === 0) continue;
    const message = `“${name}” is used by ${numbered(jobs, 'job')} on this server. Change or delete these first.`;
    throw new ValidationError([{ path: 'interpreterIds', message }]);
  }
  if (had.length === chosen.size && had.every(({ id }) => chosen.has(id))) return false;
  await server.setInterpreters([...chosen], { transaction });
  return true;
}
