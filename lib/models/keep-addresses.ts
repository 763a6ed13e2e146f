/** A server keeps its address while attempts are under way on it: whichever way its record is changed. */

import {
  Transaction,
  type ModelStatic,
  type SaveOptions,
  type Sequelize,
  type UpdateOptions,
} from 'sequelize';
import { ConflictError } from '../errors.js';
import type { Models, ServerModel } from './model-types.js';
import { rowsOf } from './run-query.js';
import { active } from './store-parts.js';

const address = ['hostname', 'port'] as const;

type Update = ModelStatic<ServerModel>['update'];

/**
 * Makes `save` and `update` of servers throw ConflictError `server_in_use`. Not hooks: those of a change without a
 * transaction would look before it, and a submit could slip in between.
 */
export function keepAddresses({ Server }: Models, sequelize: Sequelize): void {
  const { save } = Server.prototype;
  Server.prototype.save = function (this: ServerModel, options: SaveOptions = {}): Promise<ServerModel> {
    if (this.isNewRecord || !isMoved(this, options)) return save.call(this, options) as Promise<ServerModel>;
    return within(sequelize, options, async (transaction) => {
      await requireUnused(sequelize, [this.id], transaction);
      return save.call(this, { ...options, transaction }) as Promise<ServerModel>;
    });
  } as typeof save;
  const update = Server.update.bind(Server) as (...parts: unknown[]) => Promise<unknown>;
  Server.update = function (values: Partial<ServerModel>, options: UpdateOptions): Promise<unknown> {
    if (!address.some((name) => name in values)) return update(values, options);
    return within(sequelize, options, async (transaction) => {
      const lock = transaction.LOCK.NO_KEY_UPDATE;
      const found = await Server.findAll({ where: options.where, transaction, lock });
      const moved = found.filter((server) => isMoved(server.set(values), {}));
      await requireUnused(
        sequelize,
        moved.map(({ id }) => id),
        transaction,
      );
      return update(values, { ...options, transaction });
    });
  } as unknown as Update;
}

function isMoved(server: ServerModel, { fields }: SaveOptions): boolean {
  return address.some((name) => server.changed(name) && (!fields || fields.includes(name)));
}

/** In the transaction that was asked for, also by the host's CLS, or in one of its own. */
function within<Value>(
  sequelize: Sequelize,
  options: { transaction?: Transaction | null | undefined },
  change: (transaction: Transaction) => Promise<Value>,
): Promise<Value> {
  const { _cls: cls } = sequelize.constructor as { _cls?: { get(name: string): Transaction | undefined } };
  const current = options.transaction === undefined ? cls?.get('transaction') : options.transaction;
  // A stricter level would not see what was submitted while it waited for the lock.
  const isolationLevel = Transaction.ISOLATION_LEVELS.READ_COMMITTED;
  return current ? change(current) : sequelize.transaction({ isolationLevel }, change);
}

// First the lock that a submit waits for, then, in a statement that sees what was committed meanwhile, the look.
const lockSql = 'SELECT id FROM drs_servers WHERE id = ANY($1::int[]) ORDER BY id FOR NO KEY UPDATE';
const countSql = `
SELECT count(*)::int AS count, min(s.title) AS title FROM drs_attempts a JOIN drs_jobs j ON j.id = a.job_id
JOIN drs_servers s ON s.id = j.server_id WHERE s.id = ANY($1::int[]) AND a.status IN ${active}`;

async function requireUnused(
  sequelize: Sequelize,
  ids: readonly number[],
  transaction: Transaction,
): Promise<void> {
  await rowsOf(sequelize, { sql: lockSql, bind: [ids], transaction });
  const [row] = await rowsOf<{ count: number; title: string | null }>(sequelize, {
    ...{ sql: countSql, bind: [ids], transaction },
  });
  if (!row || row.count === 0) return;
  const many = row.count === 1 ? '1 attempt is' : `${row.count} attempts are`;
  throw new ConflictError(
    'server_in_use',
    `${many} under way on “${row.title ?? ''}”. Wait, or cancel first, before you change its host name or port.`,
  );
}
