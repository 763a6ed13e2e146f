/** The jump hosts before a server. */

import type { Sequelize, Transaction } from 'sequelize';
import type { Hop } from '../transports/session.js';
import { rowsOf } from './run-query.js';

/** So many jump hosts may stand before a server. */
export const mostHops = 5;

/** A jump host, with the record that it is. */
export interface HopRecord extends Hop {
  id: number;
  title: string;
}

/** SQL: the records before the server `id` (no column of a `hop`, an `h` or without a table's name), the nearest to it first. They end, also where somebody made a circle by hand. */
const hops = (id: string): string => `
WITH RECURSIVE hops AS (
  SELECT hop.*, 1 AS depth FROM drs_servers hop WHERE hop.id = (SELECT proxy_jump FROM drs_servers WHERE id = ${id})
  UNION ALL
  SELECT hop.*, h.depth + 1 FROM hops h JOIN drs_servers hop ON hop.id = h.proxy_jump WHERE h.depth < ${mostHops}
)`;

/** SQL: the hops before the server `id` as attempts keep them, or NULL. */
export const viaOf = (id: string): string => `(${hops(id)}
SELECT jsonb_agg(jsonb_build_object('id', id, 'hostname', hostname, 'port', port) ORDER BY depth DESC) FROM hops)`;

const hopsSql = `${hops('$1')} SELECT id, title, hostname, port, legacy_algorithms AS "legacyAlgorithms"
FROM hops ORDER BY depth DESC`;

/** The jump hosts before a server, the one that is reached from here first. */
export function hopsOf(
  sequelize: Sequelize,
  serverId: number,
  transaction?: Transaction,
): Promise<HopRecord[]> {
  const within = transaction ? { transaction } : {};
  return rowsOf<HopRecord>(sequelize, { sql: hopsSql, bind: [serverId], ...within });
}
