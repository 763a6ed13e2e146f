/** The server that somebody decides about. */

import type { Transaction } from 'sequelize';
import type { Access } from '../access.js';
import type { User } from '../core/records.js';
import { NotFoundError } from '../errors.js';
import type { Models, ServerModel } from '../models/define-models.js';

/** Where servers are found, and who may do what to them. */
export interface ServerParts {
  models: Models;
  access: Access;
}

/** @throws NotFoundError; with `as` also ForbiddenError, when it may be seen, but its keys are not this user's business */
export async function findServerForKeys(
  { models, access }: ServerParts,
  serverId: number,
  { as, transaction }: { as?: User | undefined; transaction?: Transaction | undefined },
): Promise<ServerModel> {
  const isId = Number.isInteger(serverId) && serverId > 0 && serverId < 2 ** 31;
  const server = isId ? await models.Server.findByPk(serverId, { transaction: transaction ?? null }) : null;
  const what = `Server ${serverId}`;
  if (!server) throw new NotFoundError(what);
  if (as) await access.require(as, 'server:keys', { record: server, what });
  return server;
}
