/** Sign-ins of the panel's own form: known to every web process, and really over when somebody signs out. */

import { createHash, randomBytes } from 'node:crypto';
import type { Sequelize } from 'sequelize';
import type { User } from '../protocol/records.js';
import { rowsOf } from '../models/run-query.js';

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
  /** Begins a sign-in. Resolves to a new token, which nobody can have known before. */
  begin(person: User, lastsMs: number): Promise<string>;
  /** The person, or null when the sign-in is over or never was. */
  find(token: string): Promise<User | null>;
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
INSERT INTO drs_sign_ins (digest, person, expires_at)
VALUES ($1, $2::jsonb, now() + $3::float8 * interval '1 millisecond')`;

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
    async begin({ id, username, isAdmin }, lastsMs) {
      const token = randomBytes(tokenBytes).toString('base64url');
      const person = JSON.stringify({ id, username, isAdmin: isAdmin === true });
      await rowsOf(sequelize, { sql: beginSql, bind: [digestOf(token), person, lastsMs] });
      return token;
    },
    async find(token) {
      const sql = 'SELECT person FROM drs_sign_ins WHERE digest = $1 AND expires_at > now()';
      const [row] = await rowsOf<{ person: User }>(sequelize, { sql, bind: [digestOf(token)] });
      return row?.person ?? null;
    },
    async end(token) {
      await rowsOf(sequelize, { sql: 'DELETE FROM drs_sign_ins WHERE digest = $1', bind: [digestOf(token)] });
    },
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
