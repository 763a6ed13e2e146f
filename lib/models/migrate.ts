/** Brings the tables up to date. */

import type { Sequelize, Transaction } from 'sequelize';
import { Umzug, type UmzugStorage } from 'umzug';
import type { Migration } from './migrations/migration.js';
import { readCommitted } from './within.js';
import { tables } from './migrations/0001-tables.js';
import { instance } from './migrations/0002-instance.js';
import { remains } from './migrations/0003-remains.js';
import { auditTable } from './migrations/0004-audit.js';
import { workersTable } from './migrations/0005-workers.js';
import { findJobs } from './migrations/0006-find-jobs.js';
import { lines } from './migrations/0007-lines.js';
import { signInTables } from './migrations/0008-sign-ins.js';
import { life } from './migrations/0009-life.js';
import { vanished } from './migrations/0010-vanished.js';
import { legacyAlgorithms } from './migrations/0011-legacy-algorithms.js';
import { proxyJump } from './migrations/0012-proxy-jump.js';
import { offeredHostKeys } from './migrations/0013-offered-host-keys.js';
import { schedulers } from './migrations/0014-schedulers.js';
import { useRights } from './migrations/0015-use-rights.js';
import { endedSessions } from './migrations/0016-ended-sessions.js';
import { transports } from './migrations/0017-transports.js';

/** In order. A list, because a package that is bundled has no folder to look into. */
const migrations: readonly Migration[] = [
  ...[tables, instance, remains, auditTable, workersTable],
  ...[findJobs, lines, signInTables, life, vanished],
  ...[legacyAlgorithms, proxyJump, offeredHostKeys, schedulers, useRights, endedSessions],
  ...[transports],
];

/** A number that no other user of advisory locks is likely to choose: "drs migr" as ASCII. */
const lockKey = '7237974134249580402';

interface Context {
  sequelize: Sequelize;
  transaction: Transaction;
}

/**
 * Brings the tables up to date. Several processes may call it at once: one works, the others wait and find it done.
 * Everything happens in one transaction on one connection, so a pool of one is enough and a failure leaves no half.
 */
export async function migrate(sequelize: Sequelize): Promise<void> {
  await readCommitted(sequelize, async (transaction) => {
    const context = { sequelize, transaction };
    await run(context, `SELECT pg_advisory_xact_lock(${lockKey})`);
    await run(context, bookkeepingTable);
    await umzug(context).up();
  });
}

const bookkeepingTable =
  'CREATE TABLE IF NOT EXISTS drs_migrations (name VARCHAR(255) PRIMARY KEY, run_at TIMESTAMPTZ NOT NULL DEFAULT now())';

function umzug(context: Context): Umzug<Context> {
  return new Umzug<Context>({
    context,
    logger: undefined,
    storage: bookkeeping,
    migrations: migrations.map(({ name, statements }) => ({
      name,
      async up() {
        for (const statement of statements) await run(context, statement);
      },
    })),
  });
}

/** umzug's own storage asks for a second connection, and its model could be dropped by the host's `sync()`. */
const bookkeeping: UmzugStorage<Context> = {
  async logMigration({ name, context }) {
    await run(context, 'INSERT INTO drs_migrations (name) VALUES ($1)', [name]);
  },
  async unlogMigration({ name, context }) {
    await run(context, 'DELETE FROM drs_migrations WHERE name = $1', [name]);
  },
  async executed({ context }) {
    const [rows] = await run(context, 'SELECT name FROM drs_migrations ORDER BY name');
    return (rows as { name: string }[]).map(({ name }) => name);
  },
};

function run(
  { sequelize, transaction }: Context,
  sql: string,
  bind?: unknown[],
): Promise<[unknown[], unknown]> {
  return sequelize.query(sql, { transaction, raw: true, nest: false, ...(bind ? { bind } : {}) });
}
