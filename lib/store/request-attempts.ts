/** Requests to the attempt under way: to end, or to be taken now. */

import { system, type Actor } from '../protocol/audit.js';
import type { JobStatus } from '../protocol/job-status.js';
import { ConflictError, NotFoundError } from '../errors.js';
import { rowsOf, withoutNul } from '../models/run-query.js';
import {
  announceStatus,
  statusColumns,
  type MaybeStatusRow,
  type StoreDependencies,
} from './store-dependencies.js';
import { active } from '../models/active-states.js';

/** The state of the attempt that the request was about. */
export interface RequestedAttempt {
  attempt: number;
  status: JobStatus;
}

/** The part of the job store for requests to the attempt under way. */
export interface RequestMethods {
  /**
   * Cancels the active attempt at once when its start was not permitted, whoever holds it; else asks its holder to.
   * @throws NotFoundError, ConflictError `job_not_active`
   */
  requestCancel(jobId: number, by?: Actor): Promise<RequestedAttempt>;
  /**
   * Lets the active attempt be taken now, however long it was to wait.
   * @throws NotFoundError, ConflictError `job_not_active`
   */
  requeue(jobId: number, by?: Actor): Promise<RequestedAttempt>;
}

const dueSql = `
WITH a AS (
  UPDATE drs_attempts SET next_try_at = NULL WHERE job_id = $1 AND status IN ${active}
  RETURNING *
), audit AS (
  INSERT INTO drs_audit (user_id, username, action, subject, subject_id, attempt)
  SELECT $2, $3, 'requeued', 'job', a.job_id, a.number FROM a
)
SELECT a.number AS attempt, a.status FROM a`;

// Its start would have to be permitted by an update of the same row, which the new fencing number refuses.
const isNotPermitted = `a.status = 'submitted' AND a.permitted_at IS NULL AND a.began IS NULL AND a.ended IS NULL`;

const cancelSql = `
WITH a AS (
  UPDATE drs_attempts a
  SET cancel_requested_at = coalesce(a.cancel_requested_at, now()), next_try_at = NULL,
    status = CASE WHEN ${isNotPermitted} THEN 'cancelled' ELSE a.status END,
    finished_at = CASE WHEN ${isNotPermitted} THEN now() END,
    fence = CASE WHEN ${isNotPermitted} THEN a.fence + 1 ELSE a.fence END,
    worker_id = CASE WHEN ${isNotPermitted} THEN NULL ELSE a.worker_id END,
    lease_until = CASE WHEN ${isNotPermitted} THEN NULL ELSE a.lease_until END,
    message = CASE WHEN ${isNotPermitted} THEN 'Cancelled before it was started.' ELSE a.message END
  WHERE a.job_id = $1 AND a.status IN ${active}
  RETURNING a.*
), gone AS (
  DELETE FROM drs_secrets s USING a WHERE s.attempt_id = a.id AND a.status = 'cancelled'
), j AS (
  UPDATE drs_jobs j SET status = a.status, message = a.message, finished_at = a.finished_at, updated_at = now()
  FROM a WHERE a.status = 'cancelled' AND j.id = a.job_id AND j.attempt = a.number
  RETURNING j.*
), audit AS (
  INSERT INTO drs_audit (user_id, username, action, subject, subject_id, attempt)
  SELECT $2, $3, 'cancelled', 'job', a.job_id, a.number FROM a
)
SELECT ${statusColumns}, a.number AS "ownNumber", a.status AS "ownStatus" FROM a LEFT JOIN j ON true`;

export function requestMethods(deps: StoreDependencies): RequestMethods {
  const { sequelize, bus } = deps;
  const values = (jobId: number, by: Actor) => [jobId, withoutNul(by.id), withoutNul(by.username)];
  return {
    async requestCancel(jobId, by = system) {
      const [row] = await rowsOf<MaybeStatusRow & { ownNumber: number; ownStatus: JobStatus }>(sequelize, {
        sql: cancelSql,
        bind: values(jobId, by),
      });
      if (!row) throw await notActive(deps, jobId, 'cancel');
      const { ownNumber: attempt, ownStatus: status, ...job } = row;
      announceStatus(bus, job);
      if (status !== 'cancelled') bus.publish({ type: 'cancel', jobId, attempt });
      return { attempt, status };
    },
    async requeue(jobId, by = system) {
      const [row] = await rowsOf<RequestedAttempt>(sequelize, { sql: dueSql, bind: values(jobId, by) });
      if (!row) throw await notActive(deps, jobId, 'queue again');
      return row;
    },
  };
}

async function notActive({ sequelize }: StoreDependencies, jobId: number, what: string): Promise<Error> {
  const sql = 'SELECT status FROM drs_jobs WHERE id = $1';
  const [job] = await rowsOf<{ status: JobStatus }>(sequelize, { sql, bind: [jobId] });
  if (!job) return new NotFoundError(`Job ${jobId}`);
  return new ConflictError(
    'job_not_active',
    `Job ${jobId} is not under way (${job.status}): there is nothing to ${what}.`,
  );
}
