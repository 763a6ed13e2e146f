/** A server keeps its address, its transport and its scheduler while attempts are under way on it or through it: whichever way its record is changed. */

import type { ModelStatic, SaveOptions, Sequelize, Transaction, UpdateOptions } from 'sequelize';
import { ConflictError } from '../errors.js';
import { choiceNames } from '../protocol/choices.js';
import { checkProxyJump, lockProxyJumps } from './check-proxy-jump.js';
import type { Models, ServerModel } from './model-types.js';
import { rowsOf } from './run-query.js';
import { active } from './active-states.js';
import { within } from './within.js';

const kept = ['hostname', 'port', 'proxyJump', ...choiceNames] as const;

type Update = ModelStatic<ServerModel>['update'];

/**
 * Makes `save` and `update` of servers throw ConflictError `server_in_use`. Not hooks: those of a change without a
 * transaction would look before it, and a submit could slip in between.
 */
export function keepAddresses({ Server }: Models, sequelize: Sequelize): void {
  const { save } = Server.prototype;
  Server.prototype.save = function (this: ServerModel, options: SaveOptions = {}): Promise<ServerModel> {
    const isKept = this.isNewRecord ? this.proxyJump === null : !isMoved(this, options);
    if (isKept) return save.call(this, options) as Promise<ServerModel>;
    return within(sequelize, options, async (transaction) => {
      if (this.proxyJump !== null) {
        await lockProxyJumps(sequelize, transaction);
        await checkProxyJump(sequelize, this, transaction);
      }
      if (!this.isNewRecord) await requireUnused(sequelize, [this.id], transaction);
      return save.call(this, { ...options, transaction }) as Promise<ServerModel>;
    });
  } as typeof save;
  const update = Server.update.bind(Server) as (...parts: unknown[]) => Promise<unknown>;
  Server.update = function (values: Partial<ServerModel>, options: UpdateOptions): Promise<unknown> {
    if (!kept.some((name) => name in values)) return update(values, options);
    return within(sequelize, options, async (transaction) => {
      // Before the rows, as `save` does.
      if ('proxyJump' in values) await lockProxyJumps(sequelize, transaction);
      const lock = transaction.LOCK.NO_KEY_UPDATE;
      const found = await Server.findAll({ where: options.where, transaction, lock });
      const moved = found.filter((server) => isMoved(server.set(values), {}));
      for (const server of moved) await checkProxyJump(sequelize, server, transaction);
      await requireUnused(
        sequelize,
        moved.map(({ id }) => id),
        transaction,
      );
      return update(values, { ...options, transaction });
    });
  } as unknown as Update;
  // Then each is saved by itself.
  Server.addHook('beforeBulkCreate', (servers, options) => {
    if (servers.some((server) => (server as ServerModel).proxyJump !== null)) options.individualHooks = true;
  });
}

function isMoved(server: ServerModel, { fields }: SaveOptions): boolean {
  return kept.some((name) => server.changed(name) && (!fields || fields.includes(name)));
}

// First the lock that a submit waits for, then, in a statement that sees what was committed meanwhile, the look.
const lockSql = 'SELECT id FROM drs_servers WHERE id = ANY($1::int[]) ORDER BY id FOR NO KEY UPDATE';
const countSql = `
SELECT count(*)::int AS count, min(s.title) AS title, bool_or(s.id <> ALL($1::int[])) AS "isBehind"
FROM drs_attempts a JOIN drs_jobs j ON j.id = a.job_id JOIN drs_servers s ON s.id = j.server_id
WHERE a.status IN ${active} AND (s.id = ANY($1::int[])
  OR EXISTS (SELECT FROM jsonb_array_elements(a.via) AS hop WHERE (hop->>'id')::int = ANY($1::int[])))`;

interface InUse {
  count: number;
  title: string | null;
  isBehind: boolean | null;
}

async function requireUnused(
  sequelize: Sequelize,
  ids: readonly number[],
  transaction: Transaction,
): Promise<void> {
  await rowsOf(sequelize, { sql: lockSql, bind: [ids], transaction });
  const [row] = await rowsOf<InUse>(sequelize, {
    sql: countSql,
    bind: [ids],
    transaction,
  });
  if (!row || row.count === 0) return;
  const many = row.count === 1 ? '1 attempt is' : `${row.count} attempts are`;
  const through = row.isBehind ? ', which is reached through this server' : '';
  throw new ConflictError(
    'server_in_use',
    `${many} under way on “${row.title ?? ''}”${through}. Wait, or cancel first, before you change its host name, port, jump host, transport or scheduler.`,
  );
}
