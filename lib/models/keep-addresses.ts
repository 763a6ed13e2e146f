/** A server keeps its address, its transport and its scheduler while attempts are under way on it or through it: whichever way its record is changed. */

import type { Sequelize, Transaction } from 'sequelize';
import { ConflictError } from '../errors.js';
import { choiceNames } from '../protocol/choices.js';
import { checkProxyJump, lockProxyJumps } from './check-proxy-jump.js';
import type { Guard } from './guards.js';
import type { ServerModel } from './model-types.js';
import { rowsOf } from './run-query.js';
import { active } from './active-states.js';

const kept = ['hostname', 'port', 'proxyJump', ...choiceNames] as const;

/** Throws ConflictError `server_in_use`, and Sequelize's ValidationError for a jump host that cannot be. */
export function keepAddresses(sequelize: Sequelize): Guard<ServerModel> {
  return {
    fields: kept,
    concerns(server, isWritten) {
      if (server.isNewRecord) return isWritten('proxyJump') && hasJumpHost(server);
      return kept.some((name) => server.changed(name) && isWritten(name));
    },
    async lockFirst(values, transaction) {
      if (values.some(hasJumpHost)) await lockProxyJumps(sequelize, transaction);
    },
    async before(servers, transaction) {
      for (const server of servers) await checkProxyJump(sequelize, server, transaction);
      const known = servers.filter(({ isNewRecord }) => !isNewRecord).map(({ id }) => id);
      if (known.length > 0) await requireUnused(sequelize, known, transaction);
    },
  };
}

function hasJumpHost({ proxyJump = null }: Partial<ServerModel>): boolean {
  return proxyJump !== null;
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
