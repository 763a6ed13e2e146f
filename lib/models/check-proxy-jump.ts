/** Which jump host a server may have. */

import type { Sequelize, Transaction } from 'sequelize';
import type { ServerModel } from './model-types.js';
import { mostHops } from './hops.js';
import { rowsOf } from './run-query.js';
import { reference } from '../protocol/rules.js';
import { modelError } from './model-error.js';

/** A number that no other user of advisory locks is likely to choose: "drs jump" as ASCII. */
const lockKey = '7237974134200036720';

// From the jump host on, as far as the server itself; and whoever is reached through the server.
const waySql = `
WITH RECURSIVE ahead AS (
  SELECT id, title, proxy_jump, 1 AS depth FROM drs_servers WHERE id = $2
  UNION ALL
  SELECT s.id, s.title, s.proxy_jump, a.depth + 1 FROM ahead a JOIN drs_servers s ON s.id = a.proxy_jump
  WHERE a.id IS DISTINCT FROM $1::int AND a.depth <= ${mostHops}
), behind AS (
  SELECT id, 0 AS depth FROM drs_servers WHERE id = $1::int
  UNION ALL
  SELECT s.id, b.depth + 1 FROM behind b JOIN drs_servers s ON s.proxy_jump = b.id WHERE b.depth <= ${mostHops}
)
SELECT (SELECT title FROM ahead WHERE depth = 1) AS title,
  (SELECT max(depth) FROM ahead) + coalesce((SELECT max(depth) FROM behind), 0) AS length,
  EXISTS (SELECT FROM ahead WHERE id = $1::int) AS "isCircle"`;

/** Until the end of the transaction nobody else gives a server another jump host: two changes may make a circle. */
export async function lockProxyJumps(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await rowsOf(sequelize, { sql: `SELECT pg_advisory_xact_lock(${lockKey})`, transaction });
}

/**
 * Asked with the lock above.
 * @throws Sequelize's ValidationError for a jump host that is not there or that leads back, and for a way that is too long
 */
export async function checkProxyJump(
  sequelize: Sequelize,
  server: ServerModel,
  transaction: Transaction,
): Promise<void> {
  const { id = null, proxyJump } = server as { id?: number | null; proxyJump: unknown };
  if (!isReference(proxyJump)) return;
  const [way] = await rowsOf<Way>(sequelize, { sql: waySql, bind: [id, proxyJump], transaction });
  const message = problemOf(server, way);
  if (message !== null) throw modelError(sequelize, server, { path: 'proxyJump', message });
}

interface Way {
  title: string | null;
  length: number;
  isCircle: boolean;
}

function problemOf({ id, proxyJump }: ServerModel, way: Way | undefined): string | null {
  if (!way || way.title === null) return `There is no server ${proxyJump}. Choose one that exists.`;
  if (id === proxyJump) return 'A server is no jump host of its own. Choose another one, or none.';
  if (way.isCircle)
    return `“${way.title}” is itself reached through this server. Choose another jump host, or none.`;
  if (way.length <= mostHops) return null;
  return `At most ${mostHops} jump hosts may stand before a server; with this one, ${way.length} would.`;
}

/** Anything else is refused by the rule of the field, in its words. */
function isReference(value: unknown): value is number {
  try {
    reference('')(value);
    return true;
  } catch {
    return false;
  }
}
