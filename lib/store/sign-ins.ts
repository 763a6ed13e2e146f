/** Sign-ins of the panel's own form: known to every web process, and really over when somebody signs out. */

import { createHash, randomBytes } from 'node:crypto';
import type { Sequelize } from 'sequelize';
import { rowsOf, withoutNul } from '../models/run-query.js';

/** What tries are counted by, such as a name or an address. */
export interface TryLimit {
  key: string;
  /** So many tries in a quarter of an hour. */
  most: number;
}

export interface SignIns {
  /** Counts a try before it is made, so that many at once are counted too. False when there were too many. */
  mayTry(limits: readonly TryLimit[]): Promise<boolean>;
  forgetTries(key: string): Promise<void>;
  /**
   * Begins a sign-in. Resolves to a new token, which nobody can have known before.
   * @param since the number of the newest ending of sessions, read before the password was checked
   */
  begin(signIn: { userId: string; since: number; lastsMs: number }): Promise<string>;
  /**
   * The id of the user, or null when the sign-in is over or never was: by sign-out, by its time, by an ending of that
   * user's sessions, or because nobody used it for `idleMs`.
   * @param use `isUsed`: a person asks, and not a page by itself
   */
  find(token: string, use: { idleMs: number; isUsed: boolean }): Promise<string | null>;
  end(token: string): Promise<void>;
}

const tokenBytes = 32;

// In the order of the keys, so that two tries at once wait for each other instead of stopping each other.
const trySql = `
INSERT INTO drs_sign_in_tries AS t (digest, count) SELECT k, 1 FROM unnest($1::bytea[]) AS k ORDER BY k
ON CONFLICT (digest) DO UPDATE SET
  count = CASE WHEN t.since < now() - interval '15 minutes' THEN 1 ELSE t.count + 1 END,
  since = CASE WHEN t.since < now() - interval '15 minutes' THEN now() ELSE t.since END
RETURNING digest, count`;

const beginSql = `
WITH over AS (DELETE FROM drs_sign_ins WHERE expires_at <= now()),
  old AS (DELETE FROM drs_sign_in_tries WHERE since < now() - interval '1 day')
INSERT INTO drs_sign_ins (digest, user_id, since, expires_at)
VALUES ($1, $2, $3, now() + $4::float8 * interval '1 millisecond')`;

// Each use counts, but it is not written down each time.
const findSql = `
WITH idle AS (SELECT $2::float8 * interval '1 millisecond' AS most), live AS (
  SELECT s.digest, s.user_id FROM drs_sign_ins s, idle
  WHERE s.digest = $1 AND s.expires_at > now() AND s.seen_at > now() - idle.most
    AND NOT EXISTS (SELECT 1 FROM drs_ended_sessions e WHERE e.user_id = s.user_id AND e.number > s.since)
), used AS (
  UPDATE drs_sign_ins s SET seen_at = now() FROM live, idle
  WHERE s.digest = live.digest AND $3 AND s.seen_at < now() - least(interval '1 minute', idle.most / 10)
)
SELECT user_id AS "userId" FROM live`;

export function createSignIns(sequelize: Sequelize): SignIns {
  return {
    async mayTry(limits) {
      const wanted = limits.map(({ key, most }) => ({ digest: digestOf(key), most }));
      const bind = [wanted.map(({ digest }) => digest)];
      const rows = await rowsOf<{ digest: Buffer; count: number }>(sequelize, { sql: trySql, bind });
      return wanted.every(({ digest, most }) =>
        rows.some((row) => row.digest.equals(digest) && row.count <= most),
      );
    },
    async forgetTries(key) {
      const sql = 'DELETE FROM drs_sign_in_tries WHERE digest = $1';
      await rowsOf(sequelize, { sql, bind: [digestOf(key)] });
    },
    async begin({ userId, since, lastsMs }) {
      const token = randomBytes(tokenBytes).toString('base64url');
      const bind = [digestOf(token), withoutNul(userId), since, lastsMs];
      await rowsOf(sequelize, { sql: beginSql, bind });
      return token;
    },
    async find(token, { idleMs, isUsed }) {
      const bind = [digestOf(token), idleMs, isUsed];
      const [row] = await rowsOf<{ userId: string }>(sequelize, { sql: findSql, bind });
      return row?.userId ?? null;
    },
    async end(token) {
      await rowsOf(sequelize, { sql: 'DELETE FROM drs_sign_ins WHERE digest = $1', bind: [digestOf(token)] });
    },
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
