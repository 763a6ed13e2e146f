/** `drs.servers`: machines reached over SSH. The same rules, audit and announcements for whoever calls. */

import type { Action } from '../access.js';
import type { HostKeyStore } from '../store/host-key-store.js';
import type { ServerModel } from '../models/model-types.js';
import { parseInput } from '../parse-input.js';
import { readCall, requireMayCreate, type Call, type CallOptions } from './call.js';
import { findRecord } from './find-records.js';
import { createServer, deleteServer, updateServer, type ServerDependencies } from './change-servers.js';
import type { ListAnswer } from '../protocol/schemas/list-schemas.js';
import { presentServer } from './present-server.js';
import {
  serverBody,
  serverPatch,
  serverQuery,
  type NewServer,
  type ServerAnswer,
  type ServerChanges,
  type ServerFilter,
} from '../protocol/schemas/server-schemas.js';
import { untilUnchanged } from './unchanged.js';
import { pageOfRecords } from './visible-pages.js';

/** Servers as REST answers them. With `as`, what this user may not see is a NotFoundError. */
export interface Servers {
  /** @throws NotFoundError */
  get(id: number, options?: CallOptions): Promise<ServerAnswer>;
  /** Newest first. @param filter as of `GET /servers`; `limit` 1 to 100, default 10. @throws ValidationError */
  list(filter?: ServerFilter, options?: CallOptions): Promise<ListAnswer<ServerAnswer>>;
  /**
   * The server and its interpreters, together or not at all.
   * @throws ValidationError that lists every problem, ForbiddenError
   * @example await drs.servers.create({ title: 'Cluster', hostname: 'cluster.example.org', interpreterIds: [1] });
   */
  create(input: NewServer, options?: CallOptions): Promise<ServerAnswer>;
  /**
   * @throws ValidationError that lists every problem (also for an interpreter that a job on this server needs),
   *   ForbiddenError, NotFoundError, ConflictError `server_in_use` for another address, jump host,
   *   transport or scheduler while attempts are under way there, or through it
   */
  update(id: number, changes: ServerChanges, options?: CallOptions): Promise<ServerAnswer>;
  /** @throws NotFoundError, ForbiddenError, ConflictError `in_use`, which says by how many jobs or servers */
  delete(id: number, options?: CallOptions): Promise<void>;
}

type Dependencies = ServerDependencies & { hostKeys: Pick<HostKeyStore, 'find'> };

export function createServers(dependencies: Dependencies): Servers {
  const { sequelize, models, access } = dependencies;
  const find = (call: Call, id: number, action: Action): Promise<ServerModel> =>
    findRecord(
      { access, call },
      {
        id,
        action,
        what: 'Server',
        // null keeps a host's CLS transaction out.
        find: (key) => models.Server.findByPk(key, { transaction: call.transaction ?? null }),
      },
    );
  return {
    async get(id, options = {}) {
      const call = readCall(sequelize, options);
      return presentServer(dependencies, await find(call, id, 'server:read'), call);
    },
    async list(filter = {}, options = {}) {
      const call = readCall(sequelize, options);
      const query = parseInput(filter, serverQuery);
      const { rows, next } = await pageOfRecords(dependencies, {
        query,
        call,
        readAction: 'server:read',
        find: (which) => models.Server.findAll(which),
      });
      return {
        items: await Promise.all(rows.map((server) => presentServer(dependencies, server, call))),
        next,
      };
    },
    async create(input, options = {}) {
      const call = readCall(sequelize, options);
      await requireMayCreate(access, call, 'server:create');
      const values = parseInput(input, serverBody);
      const server = await untilUnchanged(() => createServer(dependencies, call, values));
      return presentServer(dependencies, server, call);
    },
    async update(id, input, options = {}) {
      const call = readCall(sequelize, options);
      const server = await untilUnchanged(async () => {
        const before = await find(call, id, 'server:update');
        return updateServer(dependencies, call, { before, changes: parseInput(input, serverPatch) });
      });
      return presentServer(dependencies, server, call);
    },
    async delete(id, options = {}) {
      const call = readCall(sequelize, options);
      await untilUnchanged(async () =>
        deleteServer(dependencies, call, await find(call, id, 'server:delete')),
      );
    },
  };
}
