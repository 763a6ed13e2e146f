/** Host keys in the database, one for each name and port. */

import type { Sequelize } from 'sequelize';
import type { HostKey, HostKeys } from '../transports/session.js';
import { system, type Actor } from '../core/audit.js';
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
  approve(hostname: string, port: number, by: Actor): Promise<boolean>;
  /** Lets the next connection pin whatever key it sees; false when none was pinned. */
  forget(hostname: string, port: number, by: Actor): Promise<boolean>;
  /** All, by name and port. */
  list(): Promise<PinnedHostKey[]>;
}

const columns = `type, key, fingerprint, is_approved AS "isApproved"`;
const allColumns = `hostname, port, ${columns}, first_seen_at AS "firstSeenAt", approved_at AS "approvedAt",
  approved_by AS "approvedBy"`;
const findSql = `SELECT ${columns} FROM drs_host_keys WHERE hostname = $1 AND port = $2`;
const eventColumns = 'user_id, username, action, subject, hostname, port, detail';
const rememberSql = `
WITH seen AS (
  INSERT INTO drs_host_keys (hostname, port, type, key, fingerprint, is_approved) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (hostname, port) DO NOTHING RETURNING *
)
INSERT INTO drs_audit (${eventColumns})
SELECT NULL, '${system.username}', 'host_key_seen', 'server', hostname, port, type || ' ' || fingerprint FROM seen`;
const approveSql = `
WITH approved AS (
  UPDATE drs_host_keys SET is_approved = true, approved_at = now(), approved_by = $4
  WHERE hostname = $1 AND port = $2 RETURNING *
)
INSERT INTO drs_audit (${eventColumns})
SELECT $3, $4, 'host_key_approved', 'server', hostname, port, fingerprint FROM approved RETURNING port`;
const forgetSql = `
WITH forgotten AS (DELETE FROM drs_host_keys WHERE hostname = $1 AND port = $2 RETURNING *)
INSERT INTO drs_audit (${eventColumns})
SELECT $3, $4, 'host_key_forgotten', 'server', hostname, port, fingerprint FROM forgotten RETURNING port`;
// A machine with another key is tried again and again: it is told once until something else happens to its key.
const changedSql = `
INSERT INTO drs_audit (${eventColumns})
SELECT NULL, '${system.username}', 'host_key_changed', 'server', $1::text, $2::int, $3::text
WHERE $3::text IS DISTINCT FROM (
  SELECT CASE action WHEN 'host_key_changed' THEN detail END FROM drs_audit
  WHERE hostname = $1::text AND port = $2::int AND action LIKE 'host_key_%' ORDER BY id DESC LIMIT 1)`;

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
      const bind = [nameOf(hostname), port, by.id, withoutNul(by.username)];
      return (await rowsOf(sequelize, { sql: approveSql, bind })).length > 0;
    },
    async forget(hostname, port, by) {
      const bind = [nameOf(hostname), port, by.id, withoutNul(by.username)];
      return (await rowsOf(sequelize, { sql: forgetSql, bind })).length > 0;
    },
    async noteChange(hostname, port, seen) {
      const bind = [nameOf(hostname), port, `${seen.type} ${seen.fingerprint}`];
      await rowsOf(sequelize, { sql: changedSql, bind });
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
