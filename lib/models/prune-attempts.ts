/** Old logs and results of attempts that have ended. */

import { rowsOf } from './run-query.js';
import type { StoreParts } from './store-parts.js';

/** What is left of an attempt that ended long ago. */
export interface OldAttempt {
  jobId: number;
  attempt: number;
  /** The keys of its result files. */
  storageKeys: string[];
}

/** The part of the job store that forgets. */
export interface PruneMethods {
  /** Attempts that ended before `olderThanMs` ago and still have a log or results, oldest first. */
  findOld(olderThanMs: number, limit: number): Promise<OldAttempt[]>;
  /** Deletes the log and the result rows; the attempt itself, and how it ended, stays. */
  deleteOutput(old: OldAttempt): Promise<void>;
}

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

export function pruneMethods({ sequelize }: StoreParts): PruneMethods {
  return {
    findOld: (olderThanMs, limit) =>
      rowsOf<OldAttempt>(sequelize, { sql: oldSql, bind: [olderThanMs, limit] }),
    async deleteOutput({ jobId, attempt }) {
      await rowsOf(sequelize, { sql: deleteSql, bind: [jobId, attempt] });
    },
  };
}
