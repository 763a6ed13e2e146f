/** Host keys in the database, one for each name and port. */

import type { Sequelize, Transaction } from 'sequelize';
import type { HostKey, HostKeys } from '../transports/session.js';
import { system, type Actor } from '../protocol/audit.js';
import type { HostKeyState, MachineHostKeys } from '../protocol/host-keys.js';
import { rowsOf, withoutNul } from '../models/run-query.js';

/** A machine, as host keys are pinned: by name and port. */
interface Machine {
  hostname: string;
  port: number;
}

/** What somebody decides, and who it is. */
interface Decision {
  by: Actor;
  transaction?: Transaction | undefined;
}

/** The pinned keys, and what an administrator does with them. */
export interface HostKeyStore extends HostKeys {
  /**
   * Says that the key with this fingerprint is the right one: the pinned one, or the offered one where none is pinned
   * that was approved. False when there is no such key.
   */
  approve(machine: Machine, decision: Decision & { fingerprint: string }): Promise<boolean>;
  /** Lets the next connection pin whatever key it sees; false when none was pinned, or another one than was named. */
  forget(machine: Machine, decision: Decision & { fingerprint?: string | undefined }): Promise<boolean>;
  /** The pinned key of a machine, and the other one that it showed. */
  stateOf(machine: Machine, transaction?: Transaction): Promise<HostKeyState>;
  /** All, by name and port. */
  list(): Promise<MachineHostKeys[]>;
}

// `is_approved` is what the panel calls trusted: also of a key that was pinned at first use, which nobody approved.
const isApproved = 'coalesce(is_approved AND approved_at IS NOT NULL, false)';
const columns = `type, key, fingerprint, ${isApproved} AS "isApproved"`;
const findSql = `SELECT ${columns} FROM drs_host_keys WHERE hostname = $1 AND port = $2`;
const statesSql = `
SELECT hostname, port, k.type, k.fingerprint, ${isApproved} AS "isApproved", k.is_approved AS "isTrusted", k.first_seen_at AS "firstSeenAt",
  k.approved_at AS "approvedAt", k.approved_by AS "approvedBy",
  o.type AS "offeredType", o.fingerprint AS "offeredFingerprint", o.seen_at AS "seenAt"
FROM drs_host_keys k FULL JOIN drs_offered_host_keys o USING (hostname, port)`;
const eventColumns = 'user_id, username, action, subject, hostname, port, detail';
// What was offered before is of no interest any more.
const rememberSql = `
WITH seen AS (
  INSERT INTO drs_host_keys (hostname, port, type, key, fingerprint, is_approved) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (hostname, port) DO NOTHING RETURNING *
), gone AS (
  DELETE FROM drs_offered_host_keys o USING seen WHERE o.hostname = seen.hostname AND o.port = seen.port
)
INSERT INTO drs_audit (${eventColumns})
SELECT NULL, '${system.username}', 'host_key_seen', 'server', hostname, port, type || ' ' || fingerprint FROM seen`;
// A key that nobody approved gives way to one that somebody does.
const approveSql = `
WITH approved AS (
  UPDATE drs_host_keys SET is_approved = true, approved_at = now(), approved_by = $4
  WHERE hostname = $1 AND port = $2 AND fingerprint = $5 RETURNING hostname, port, fingerprint
), pinned AS (
  INSERT INTO drs_host_keys AS k (hostname, port, type, key, fingerprint, is_approved, approved_at, approved_by)
  SELECT hostname, port, type, key, fingerprint, true, now(), $4 FROM drs_offered_host_keys
  WHERE hostname = $1 AND port = $2 AND fingerprint = $5 AND NOT EXISTS (SELECT FROM approved)
  ON CONFLICT (hostname, port) DO UPDATE SET type = excluded.type, key = excluded.key,
    fingerprint = excluded.fingerprint, is_approved = true, first_seen_at = now(), approved_at = now(), approved_by = $4
    WHERE NOT k.is_approved
  RETURNING hostname, port, fingerprint
), gone AS (
  DELETE FROM drs_offered_host_keys o USING pinned WHERE o.hostname = pinned.hostname AND o.port = pinned.port
), decided AS (SELECT * FROM approved UNION ALL SELECT * FROM pinned)
INSERT INTO drs_audit (${eventColumns})
SELECT $3, $4, 'host_key_approved', 'server', hostname, port, fingerprint FROM decided RETURNING port`;
const forgetSql = `
WITH forgotten AS (
  DELETE FROM drs_host_keys WHERE hostname = $1 AND port = $2 AND fingerprint = coalesce($5, fingerprint) RETURNING *
)
INSERT INTO drs_audit (${eventColumns})
SELECT $3, $4, 'host_key_forgotten', 'server', hostname, port, fingerprint FROM forgotten RETURNING port`;
// A machine with another key is tried again and again: it is told once until something else happens to its key.
const changedSql = `
WITH offered AS (
  INSERT INTO drs_offered_host_keys (hostname, port, type, key, fingerprint) VALUES ($1, $2, $4, $5, $6)
  ON CONFLICT (hostname, port) DO UPDATE
    SET type = excluded.type, key = excluded.key, fingerprint = excluded.fingerprint, seen_at = now()
)
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
      const bind = [nameOf(hostname), port, key.type, key.key, key.fingerprint, key.isTrusted === true];
      await rowsOf(sequelize, { sql: rememberSql, bind });
      return (await find(hostname, port)) ?? key;
    },
    async noteChange(hostname, port, { type, key, fingerprint }) {
      const bind = [nameOf(hostname), port, `${type} ${fingerprint}`, type, key, fingerprint];
      await rowsOf(sequelize, { sql: changedSql, bind });
    },
    ...decisions(sequelize),
    async stateOf({ hostname, port }, transaction) {
      const sql = `${statesSql} WHERE hostname = $1 AND port = $2`;
      const within = transaction ? { transaction } : {};
      const [row] = await rowsOf<StateRow>(sequelize, { sql, bind: [nameOf(hostname), port], ...within });
      return row ? asState(row) : { hostKey: null, offered: null };
    },
    async list() {
      const rows = await rowsOf<StateRow>(sequelize, { sql: `${statesSql} ORDER BY hostname, port` });
      return rows.map((row) => ({ hostname: row.hostname, port: row.port, ...asState(row) }));
    },
  };
}

function decisions(sequelize: Sequelize): Pick<HostKeyStore, 'approve' | 'forget'> {
  const decide = async (
    sql: string,
    { hostname, port }: Machine,
    { by, fingerprint, transaction }: Decision & { fingerprint?: string | undefined },
  ): Promise<boolean> => {
    const bind = [nameOf(hostname), port, by.id, withoutNul(by.username), withoutNul(fingerprint ?? null)];
    return (await rowsOf(sequelize, { sql, bind, ...(transaction ? { transaction } : {}) })).length > 0;
  };
  return {
    approve: (machine, decision) => decide(approveSql, machine, decision),
    forget: (machine, decision) => decide(forgetSql, machine, decision),
  };
}

/** A pinned key, an offered one, or both. */
interface StateRow {
  hostname: string;
  port: number;
  type: string | null;
  fingerprint: string;
  isApproved: boolean;
  isTrusted: boolean;
  firstSeenAt: Date;
  approvedAt: Date | null;
  approvedBy: string | null;
  offeredType: string | null;
  offeredFingerprint: string;
  seenAt: Date;
}

function asState(row: StateRow): HostKeyState {
  const { type, fingerprint, isApproved, isTrusted, firstSeenAt, approvedAt, approvedBy } = row;
  const { offeredType, offeredFingerprint, seenAt } = row;
  const isOther = offeredType !== null && offeredFingerprint !== fingerprint;
  return {
    hostKey:
      type === null
        ? null
        : { type, fingerprint, isApproved, isTrusted, firstSeenAt, approvedAt, approvedBy },
    offered: isOther ? { type: offeredType, fingerprint: offeredFingerprint, seenAt } : null,
  };
}

function nameOf(hostname: string): string {
  return withoutNul(hostname).toLowerCase();
}
