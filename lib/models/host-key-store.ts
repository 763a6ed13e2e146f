/** Host keys in the database, one for each name and port. */

import type { Sequelize } from 'sequelize';
import type { HostKey, HostKeys } from '../transports/session.js';
import { rowsOf, withoutNul } from './run-query.js';

/** A pinned key as an administrator sees it. */
export interface PinnedHostKey extends HostKey {
  hostname: string;
  port: number;
  firstSeenAt: Date;
  approvedAt: Date | null;
  approvedBy: string | null;
}

/** The pinned keys, and what an administrator does with them. */
export interface HostKeyStore extends HostKeys {
  /** Says that the pinned key is the right one; false when none is pinned. */
  approve(hostname: string, port: number, by: string): Promise<boolean>;
  /** Lets the next connection pin whatever key it sees; false when none was pinned. */
  forget(hostname: string, port: number): Promise<boolean>;
  /** All, by name and port. */
  list(): Promise<PinnedHostKey[]>;
}

const columns = `type, key, fingerprint, is_approved AS "isApproved"`;
const allColumns = `hostname, port, ${columns}, first_seen_at AS "firstSeenAt", approved_at AS "approvedAt",
  approved_by AS "approvedBy"`;
const findSql = `SELECT ${columns} FROM drs_host_keys WHERE hostname = $1 AND port = $2`;
const rememberSql = `
INSERT INTO drs_host_keys (hostname, port, type, key, fingerprint, is_approved) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (hostname, port) DO NOTHING`;
const approveSql = `
UPDATE drs_host_keys SET is_approved = true, approved_at = now(), approved_by = $3
WHERE hostname = $1 AND port = $2 RETURNING port`;

/** Names are compared without regard to case, as DNS does. */
export function createHostKeys(sequelize: Sequelize): HostKeyStore {
  const find = async (hostname: string, port: number): Promise<HostKey | null> => {
    const [row] = await rowsOf<HostKey>(sequelize, { sql: findSql, bind: [nameOf(hostname), port] });
    return row ?? null;
  };
  return {
    find,
    async remember(hostname, port, key) {
      const bind = [nameOf(hostname), port, key.type, key.key, key.fingerprint, key.isApproved];
      await rowsOf(sequelize, { sql: rememberSql, bind });
      return (await find(hostname, port)) ?? key;
    },
    async approve(hostname, port, by) {
      const bind = [nameOf(hostname), port, withoutNul(by)];
      return (await rowsOf(sequelize, { sql: approveSql, bind })).length > 0;
    },
    async forget(hostname, port) {
      const sql = 'DELETE FROM drs_host_keys WHERE hostname = $1 AND port = $2 RETURNING port';
      return (await rowsOf(sequelize, { sql, bind: [nameOf(hostname), port] })).length > 0;
    },
    list: () =>
      rowsOf<PinnedHostKey>(sequelize, {
        sql: `SELECT ${allColumns} FROM drs_host_keys ORDER BY hostname, port`,
      }),
  };
}

function nameOf(hostname: string): string {
  return withoutNul(hostname).toLowerCase();
}
