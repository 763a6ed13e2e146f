/** Old algorithms decide how safe what is sent to a server is: whoever allows or forbids them, the audit has it. */

import type {
  ModelStatic,
  SaveOptions,
  Sequelize,
  Transaction,
  UpdateOptions,
  UpsertOptions,
} from 'sequelize';
import { system, type Actor } from '../protocol/audit.js';
import { createAudit } from './audit.js';
import type { Models, ServerModel } from './model-types.js';
import { within } from './within.js';

/** An option of whatever changes servers: who the audit names. Without it, `system`. */
export interface Acting {
  drsActor?: Actor;
}

type Update = ModelStatic<ServerModel>['update'];
type Upsert = ModelStatic<ServerModel>['upsert'];

/**
 * Makes `save`, `update` and `upsert` of servers write it down, in the transaction of the change. Not hooks, which would come
 * after the commit of a change without a transaction.
 */
export function auditAlgorithms({ Server }: Models, sequelize: Sequelize): void {
  const audit = createAudit(sequelize);
  const record = async (servers: readonly ServerModel[], transaction: Transaction, by: Actor = system) => {
    for (const { id, hostname, port, title, legacyAlgorithms } of servers) {
      const action = legacyAlgorithms ? 'legacy_algorithms_allowed' : 'legacy_algorithms_forbidden';
      await audit.record({ subject: 'server', id, hostname, port, by, action, detail: title }, transaction);
    }
  };
  const { save } = Server.prototype;
  Server.prototype.save = function (this: ServerModel, options: SaveOptions & Acting = {}) {
    if (!isSwitched(this, options)) return save.call(this, options) as Promise<ServerModel>;
    return within(sequelize, options, async (transaction) => {
      const saved = (await save.call(this, { ...options, transaction })) as ServerModel;
      await record([saved], transaction, options.drsActor);
      return saved;
    });
  } as typeof save;
  const update = Server.update.bind(Server) as (...parts: unknown[]) => Promise<unknown>;
  Server.update = function (values: Partial<ServerModel>, options: UpdateOptions & Acting) {
    if (!('legacyAlgorithms' in values)) return update(values, options);
    return within(sequelize, options, async (transaction) => {
      const lock = transaction.LOCK.NO_KEY_UPDATE;
      const found = await Server.findAll({ where: options.where, transaction, lock });
      const switched = found.filter((server) => isSwitched(server.set(values), options));
      const updated = await update(values, { ...options, transaction });
      await record(switched, transaction, options.drsActor);
      return updated;
    });
  } as unknown as Update;
  const upsert = Server.upsert.bind(Server) as (...parts: unknown[]) => Promise<unknown>;
  Server.upsert = function (values: Partial<ServerModel>, options: UpsertOptions & Acting = {}) {
    if (values.legacyAlgorithms === undefined) return upsert(values, options);
    return within(sequelize, options, async (transaction) => {
      const before = await Server.findByPk(values.id, { transaction, lock: transaction.LOCK.NO_KEY_UPDATE });
      const upserted = (await upsert(values, { ...options, transaction })) as [ServerModel];
      const isSwitched = values.legacyAlgorithms !== (before?.legacyAlgorithms ?? false);
      if (isSwitched) await record([upserted[0]], transaction, options.drsActor);
      return upserted;
    });
  } as unknown as Upsert;
  // Then each is saved by itself.
  Server.addHook('beforeBulkCreate', (servers, options) => {
    if (servers.some((server) => (server as ServerModel).legacyAlgorithms)) options.individualHooks = true;
  });
}

function isSwitched(server: ServerModel, { fields }: { fields?: unknown[] }): boolean {
  if (fields && !fields.includes('legacyAlgorithms')) return false;
  return server.isNewRecord ? server.legacyAlgorithms : server.changed('legacyAlgorithms');
}
