/** Adds, changes and deletes servers. Rights to the server itself were asked. */

import type { Sequelize, Transaction } from 'sequelize';
import type { Access } from '../access.js';
import type { AuditAction } from '../protocol/audit.js';
import { numbered } from '../protocol/numbered.js';
import { NotFoundError, ValidationError, type Problem } from '../errors.js';
import type { Acting } from '../models/audit-algorithms.js';
import type { Audit } from '../models/audit.js';
import type { Models, ServerModel } from '../models/model-types.js';
import type { EventBus } from '../queue/event-bus.js';
import type { Transport } from '../transports/session.js';
import type { ResolvedOptions } from '../options.js';
import { isAllowed, type Call } from './call.js';
import { changedNames } from './changed-names.js';
import type { NewServer, ServerChanges } from '../protocol/schemas/server-schemas.js';
import { retireConnections } from './retire-connections.js';
import { inSavepoint, inTransaction, lockRow } from './transaction.js';

/** What servers are changed with. */
export interface ServerDependencies {
  sequelize: Sequelize;
  models: Models;
  access: Access;
  audit: Audit;
  bus: Pick<EventBus, 'publish'>;
  transports: { ssh: Pick<Transport, 'retire'> };
  options: Pick<ResolvedOptions, 'schedulers'>;
}

/** @throws ValidationError */
export async function createServer(
  dependencies: ServerDependencies,
  call: Call,
  input: NewServer,
): Promise<ServerModel> {
  const { interpreterIds = [], ...values } = input;
  await requireReferences(dependencies, call, input);
  const { sequelize, models } = dependencies;
  return inTransaction(sequelize, call.transaction, async (transaction) => {
    const options: { transaction: Transaction } & Acting = { transaction, drsActor: call.actor };
    const server = await models.Server.create(values, options);
    await server.setInterpreters([...new Set(interpreterIds)], { transaction });
    await record(dependencies, call, { server, action: 'created', detail: server.title, transaction });
    return server;
  });
}

/** @throws ValidationError, NotFoundError, ConflictError `server_in_use` */
export async function updateServer(
  dependencies: ServerDependencies,
  call: Call,
  { id, changes }: { id: number; changes: ServerChanges },
): Promise<ServerModel> {
  const { interpreterIds, ...values } = changes;
  await requireReferences(dependencies, call, changes);
  const { sequelize, models } = dependencies;
  return inSavepoint(sequelize, call.transaction, async (transaction) => {
    // Without a lock: `save` locks jump hosts first, and two orders would wait for each other.
    const server = await models.Server.findByPk(id, { transaction });
    if (!server) throw new NotFoundError(`Server ${id}`);
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
export async function deleteServer(dependencies: ServerDependencies, call: Call, id: number): Promise<void> {
  const { sequelize, models } = dependencies;
  await inTransaction(sequelize, call.transaction, async (transaction) => {
    const server = await lockRow(models.Server, { id, what: 'Server' }, transaction);
    await server.destroy({ transaction });
    await record(dependencies, call, { server, action: 'deleted', detail: server.title, transaction });
  });
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

/** What may not be seen is not there; the model says what else is wrong with a jump host. */
async function requireReferences(
  { models, access, options }: ServerDependencies,
  call: Call,
  { interpreterIds = [], proxyJump, scheduler }: ServerChanges,
): Promise<void> {
  const { transaction } = call;
  const problems: Problem[] = schedulerProblems(options, scheduler);
  const known = new Set<number>();
  for (const record of await models.Interpreter.findAll({ where: { id: interpreterIds }, transaction })) {
    if (await isAllowed(access, call, { action: 'interpreter:read', record })) known.add(record.id);
  }
  interpreterIds.forEach((id, index) => {
    if (known.has(id)) return;
    problems.push({ path: `interpreterIds.${index}`, message: `there is no interpreter ${id}` });
  });
  if (proxyJump !== null && proxyJump !== undefined) {
    const record = await models.Server.findByPk(proxyJump, { transaction });
    if (!record || !(await isAllowed(access, call, { action: 'server:read', record }))) {
      problems.push({
        path: 'proxyJump',
        message: `There is no server ${proxyJump}. Choose one that exists.`,
      });
    }
  }
  if (problems.length > 0) throw new ValidationError(problems);
}

function schedulerProblems(
  { schedulers }: Pick<ResolvedOptions, 'schedulers'>,
  name: string | undefined,
): Problem[] {
  if (name === undefined || Object.hasOwn(schedulers, name)) return [];
  const known = Object.keys(schedulers).join(', ');
  return [{ path: 'scheduler', message: `there is no scheduler ${name} here; known are ${known}` }];
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
