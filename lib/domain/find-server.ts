/** The server that somebody decides about. */

import type { Transaction } from 'sequelize';
import type { Access } from '../access.js';
import type { User } from '../protocol/records.js';
import type { Models, ServerModel } from '../models/define-models.js';
import { findRecord } from './call.js';

/** Where servers are found, and who may do what to them. */
export interface ServerDependencies {
  models: Models;
  access: Access;
}

/** @throws NotFoundError; with `as` also ForbiddenError, when it may be seen, but its keys are not this user's business */
export function findServerForKeys(
  { models, access }: ServerDependencies,
  id: number,
  call: { as: User | undefined; transaction?: Transaction | undefined },
): Promise<ServerModel> {
  const { transaction = null } = call;
  return findRecord(
    { access, call },
    {
      ...{ id, action: 'server:keys', what: 'Server' },
      // null keeps a host's CLS transaction out.
      find: (key) => models.Server.findByPk(key, { transaction }),
    },
  );
}
