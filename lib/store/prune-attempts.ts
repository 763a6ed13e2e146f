/** Old logs and results of attempts that have ended. */

import type { StoredFile } from '../storage/file-storage.js';
import { rowsOf } from '../models/run-query.js';
import type { StoreDependencies } from './store-dependencies.js';

/** What is left of an attempt that ended long ago. */
export interface OldAttempt {
  jobId: number;
  attempt: number;
  /** The keys of its result files. */
  storageKeys: string[];
}

/** What is kept for some time, and then forgotten. */
export interface Retention {
  /** Attempts that ended before `olderThanMs` ago and still have a log or results, oldest first. */
  findOld(olderThanMs: number, limit: number): Promise<OldAttempt[]>;
  /** Deletes the log and the result rows; the attempt itself, and how it ended, stays. */
  deleteOutput(old: OldAttempt): Promise<void>;
  /** The keys among these that no result of their owner names, who is an attempt that ended an hour ago or earlier. */
  findOrphans(files: readonly StoredFile[]): Promise<string[]>;
  /** Forgets who did what so long ago. */
  deleteAudit(olderThanMs: number): Promise<void>;
}

/** As attempts are called on servers, too: the job's uuid, and the number. */
const ownerPattern = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{1,9})$/;

const of = 'job_id = a.job_id AND attempt = a.number';

const oldSql = `
SELECT a.job_id AS "jobId", a.number AS attempt,
  ARRAY(SELECT storage_key FROM drs_results WHERE ${of}) AS "storageKeys"
FROM drs_attempts a
WHERE a.finished_at < now() - $1::float8 * interval '1 millisecond'
  AND (EXISTS (SELECT 1 FROM drs_logs WHERE ${of}) OR EXISTS (SELECT 1 FROM drs_results WHERE ${of}))
ORDER BY a.id LIMIT $2`;

const deleteSql = `
WITH results AS (DELETE FROM drs_results WHERE job_id = $1 AND attempt = $2)
DELETE FROM drs_logs WHERE job_id = $1 AND attempt = $2`;

const orphansSql = `
SELECT f.key FROM unnest($1::text[], $2::uuid[], $3::int[]) AS f (key, uuid, number)
JOIN drs_jobs j ON j.uuid = f.uuid JOIN drs_attempts a ON a.job_id = j.id AND a.number = f.number
WHERE a.finished_at < now() - interval '1 hour'
  AND NOT EXISTS (SELECT 1 FROM drs_results WHERE ${of} AND storage_key = f.key)`;

const deleteAuditSql = `DELETE FROM drs_audit WHERE time < now() - $1::float8 * interval '1 millisecond'`;

export function createRetention({ sequelize }: StoreDependencies): Retention {
  return {
    findOld: (olderThanMs, limit) =>
      rowsOf<OldAttempt>(sequelize, { sql: oldSql, bind: [olderThanMs, limit] }),
    async deleteOutput({ jobId, attempt }) {
      await rowsOf(sequelize, { sql: deleteSql, bind: [jobId, attempt] });
    },
    async findOrphans(files) {
      const known = files.flatMap(({ key, owner }) => {
        const [, uuid, number] = ownerPattern.exec(owner) ?? [];
        return uuid === undefined ? [] : [{ key, uuid, number: Number(number) }];
      });
      const bind = [
        known.map(({ key }) => key),
        known.map(({ uuid }) => uuid),
        known.map((file) => file.number),
      ];
      return (await rowsOf<{ key: string }>(sequelize, { sql: orphansSql, bind })).map(({ key }) => key);
    },
    async deleteAudit(olderThanMs) {
      await rowsOf(sequelize, { sql: deleteAuditSql, bind: [olderThanMs] });
    },
  };
}
