/** The attempts of a job, as its page lists them. */

import type { Sequelize } from 'sequelize';
import { rowsOf } from '../models/run-query.js';

/** A job that was started more often shows its newest attempts. */
const maxListed = 20;

const attemptsSql = `SELECT number, kind, status, username, started_at AS "startedAt",
    finished_at AS "finishedAt", exit_code AS "exitCode", signal, failure_reason AS "failureReason"
  FROM drs_attempts WHERE job_id = $1 ORDER BY number DESC LIMIT ${maxListed}`;

/** Newest first. Rights are the caller's to ask. */
export function listAttempts({ sequelize }: { sequelize: Sequelize }, jobId: number): Promise<object[]> {
  return rowsOf(sequelize, { sql: attemptsSql, bind: [jobId] });
}
