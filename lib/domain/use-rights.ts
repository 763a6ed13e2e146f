/**
 * The right to run jobs on a server, with all that it is reached through, and by an interpreter: asked here for create, change,
 * submit, retry, copy and workers; and that to use the machine of the worker.
 */

import type { Transaction } from 'sequelize';
import type { Access, AccessRecord, Action } from '../access.js';
import type { User } from '../protocol/records.js';
import { DrsError, ForbiddenError } from '../errors.js';
import { mostHops } from '../models/hops.js';
import type { InterpreterModel, Models, ServerModel } from '../models/model-types.js';
import { isAllowed, type Call } from './call.js';
import type { SeenRows } from './unchanged.js';

/** What a job uses, by its ids; undefined is not looked for. */
export interface UsedIds {
  serverId?: number | undefined;
  interpreterId?: number | undefined;
}

/** What a job uses. */
export interface Used {
  server: ServerModel | null;
  /** Its jump hosts, the nearest to it last: whoever runs a job there signs in to each of them. */
  via: readonly ServerModel[];
  interpreter: InterpreterModel | null;
}

/** Reads what a job uses; null for what is not there. */
export async function findUsed(
  { models }: { models: Models },
  { serverId, interpreterId }: UsedIds,
  transaction?: Transaction,
): Promise<Used> {
  // null keeps a host's CLS transaction out.
  const within = { transaction: transaction ?? null };
  const server = serverId === undefined ? null : await models.Server.findByPk(serverId, within);
  return {
    server,
    via: server === null ? [] : await jumpHostsOf({ models }, server, transaction),
    interpreter:
      interpreterId === undefined ? null : await models.Interpreter.findByPk(interpreterId, within),
  };
}

/** The rows themselves, in the order in which everybody locks them. */
export function seenOf({ server, interpreter, via }: Used): SeenRows {
  return [
    ...(server ? [{ what: 'Server', seen: server }] : []),
    ...(interpreter ? [{ what: 'Interpreter', seen: interpreter }] : []),
    ...via.map((hop) => ({ what: 'Server', seen: hop })),
  ];
}

/** The jump hosts before a server, the one that is reached from here first. */
export async function jumpHostsOf(
  { models }: { models: Pick<Models, 'Server'> },
  { proxyJump }: Pick<ServerModel, 'proxyJump'>,
  transaction?: Transaction,
): Promise<ServerModel[]> {
  const via: ServerModel[] = [];
  for (let id = proxyJump; id !== null && via.length < mostHops; id = via[0]?.proxyJump ?? null) {
    const hop = await models.Server.findByPk(id, { transaction: transaction ?? null });
    if (hop === null) break;
    via.unshift(hop);
  }
  return via;
}

/**
 * Makes sure that the caller may use these; host code without `as` may.
 * @throws NotFoundError (also for what may not be seen), ForbiddenError, also for a jump host
 */
export async function requireMayUse(
  { access }: { access: Access },
  { as }: Pick<Call, 'as'>,
  { server, via, interpreter }: Used,
): Promise<void> {
  if (as === undefined) return;
  if (server) {
    await access.require(as, 'server:use', { record: server, what: `Server ${server.id}` });
  }
  for (const hop of via) {
    if (await access.isAllowed(as, 'server:use', hop)) continue;
    // That it is there is known by the `proxyJump` of a server that may be seen.
    const way = `Server ${hop.id}, which Server ${server?.id} is reached through`;
    throw new ForbiddenError(`You may not do this (server:use) to ${way}.`);
  }
  if (interpreter) {
    await access.require(as, 'interpreter:use', {
      record: interpreter,
      what: `Interpreter ${interpreter.id}`,
    });
  }
}

/**
 * A run on this machine and an agent's socket are powers over the machine of the worker: where the rights of a user are
 * asked, they are for administrators, and only with the option `allowLocal`. Host code without `as` is trusted.
 * @throws ForbiddenError `local_not_allowed`
 */
export function requireLocalAllowed(
  { allowLocal }: { allowLocal: boolean },
  { as, remote, agent }: { as?: User; remote?: boolean; agent?: string },
): void {
  if (as === undefined || (remote !== false && agent === undefined)) return;
  if (allowLocal && as.isAdmin === true) return;
  const message =
    '`agent` and `remote: false`, also where it is taken over from the last attempt, are for administrators, where the option allowLocal is on.';
  throw new ForbiddenError(message, 'local_not_allowed');
}

/** Whether the caller may use all of them. */
export async function mayUse(access: Access, call: Pick<Call, 'as'>, used: Used): Promise<boolean> {
  const { server, via, interpreter } = used;
  for (const record of server === null ? via : [server, ...via]) {
    if (!(await isAllowed(access, call, { action: 'server:use', record }))) return false;
  }
  return (
    interpreter === null ||
    (await isAllowed(access, call, { action: 'interpreter:use', record: interpreter }))
  );
}

/** An attempt that a worker is about to carry out. */
export interface SubmittedAttempt {
  /** Whose rights were asked; null: the host's own code, which is trusted. */
  submittedBy: User | null;
  server: { id: number };
  interpreter: { id: number };
}

interface Dependencies {
  models: Models;
  access: Access;
  /** Who somebody is now, as the host knows; null: the host was not asked to tell. */
  resolveUser: ((id: string) => Promise<User | null>) | null;
}

/**
 * What a worker with rules of its own asks before it signs in, and once more before it starts a program.
 * @throws DrsError `right_taken_away`
 */
export function stillAllowed(dependencies: Dependencies): (attempt: SubmittedAttempt) => Promise<void> {
  const { models, access, resolveUser } = dependencies;
  return async ({ submittedBy, server: { id: serverId }, interpreter: { id: interpreterId } }) => {
    if (submittedBy === null) return;
    const as = resolveUser ? await resolveUser(String(submittedBy.id)) : submittedBy;
    if (as === null) throw takenAway(`${submittedBy.username}, who submitted it, is not known any more`);
    const used = await findUsed({ models }, { serverId, interpreterId });
    if (await mayUse(access, { as }, used)) return;
    const names = await namesOf(access, as, used);
    throw takenAway(`${as.username}, who submitted it, may not use ${names} any more`);
  };
}

/** What an attempt uses, as far as this user may read it. */
async function namesOf(access: Access, as: User, { server, via, interpreter }: Used): Promise<string> {
  const maySee = async (action: Action, record: AccessRecord): Promise<boolean> =>
    record !== null && access.isAllowed(as, action, record);
  const isSeen = await maySee('server:read', server);
  const there = isSeen ? `the server "${server?.title}"` : 'its server';
  const hops = isSeen && via.length > 0 ? `, what that is reached through,` : '';
  const isNamed = await maySee('interpreter:read', interpreter);
  return `${there}${hops} or ${isNamed ? `the interpreter "${interpreter?.name}"` : 'its interpreter'}`;
}

function takenAway(why: string): DrsError {
  return new DrsError('right_taken_away', `It was not run: ${why}.`, { status: 403 });
}
