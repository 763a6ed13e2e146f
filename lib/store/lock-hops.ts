/** Holds the address of a server, and those of its jump hosts, while an attempt is made that keeps them for good. */

import type { Sequelize, Transaction } from 'sequelize';
import { hopsOf } from '../models/hops.js';
import { rowsOf } from '../models/run-query.js';

const lockSql = `
SELECT proxy_jump AS "proxyJump" FROM drs_servers WHERE id = ANY($1::int[]) ORDER BY id FOR SHARE`;

/** As JSON for `drs_attempts.via`; null where the server is reached directly. */
export async function lockHops(
  sequelize: Sequelize,
  serverId: number,
  transaction: Transaction,
): Promise<string | null> {
  const lock = (ids: readonly number[]) =>
    rowsOf<{ proxyJump: number | null }>(sequelize, { sql: lockSql, bind: [ids], transaction });
  const [server] = await lock([serverId]);
  if (!server || server.proxyJump === null) return null;
  for (let locked = ''; ;) {
    // A jump host that is not held yet may get another one before it is.
    const hops = await hopsOf(sequelize, serverId, transaction);
    const via = JSON.stringify(hops.map(({ id, hostname, port }) => ({ id, hostname, port })));
    if (via === locked) return via;
    await lock(hops.map(({ id }) => id));
    locked = via;
  }
}
