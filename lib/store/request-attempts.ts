/** What is asked of attempts: to be made, to end, or to be taken now. */

import { system, type Actor } from '../protocol/audit.js';
import type { JobStatus } from '../protocol/job-status.js';
import { ConflictError, NotFoundError } from '../errors.js';
import { rowsOf, withoutNul, type Statement } from '../models/run-query.js';
import { readCommitted } from '../models/within.js';
import {
  announceStatus,
  statusColumns,
  type Confirm,
  type MaybeStatusRow,
  type StoreDependencies,
} from './store-dependencies.js';
import { submitAttempt, type NewAttempt } from './submit-attempts.js';
import { active } from '../models/active-states.js';

/** The state of the attempt that the request was about. */
export interface RequestedAttempt {
  attempt: number;
  status: JobStatus;
}

/** What people and host code ask of attempts. With `confirm` it is called first, with the job locked. */
export interface AttemptRequests {
  /**
   * Makes the next attempt of a job.
   * @throws NotFoundError, ConflictError `job_active`, ValidationError (interpreter), DrsError `secret_missing`
   */
  submit(attempt: NewAttempt): Promise<{ attempt: number; attemptId: number }>;
  /**
   * Cancels the active attempt at once when its start was not permitted, whoever holds it; else asks its holder to.
   * @throws NotFoundError, ConflictError `job_not_active`
   */
  requestCancel(jobId: number, by?: Actor, confirm?: Confirm): Promise<RequestedAttempt>;
  /**
   * Lets the active attempt be taken now, however long it was to wait.
   * @throws NotFoundError, ConflictError `job_not_active`
   */
  requeue(jobId: number, by?: Actor, confirm?: Confirm): Promise<RequestedAttempt>;
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

export function createRequests(deps: StoreDependencies): AttemptRequests {
  const { bus } = deps;
  const values = (jobId: number, by: Actor) => [jobId, withoutNul(by.id), withoutNul(by.username)];
  return {
    submit: (attempt) => submitAttempt(deps, attempt),
    async requestCancel(jobId, by = system, confirm) {
      const [row] = await confirmed<MaybeStatusRow & { ownNumber: number; ownStatus: JobStatus }>(deps, {
        sql: cancelSql,
        bind: values(jobId, by),
        jobId,
        confirm,
      });
      if (!row) throw await notActive(deps, jobId, 'cancel');
      const { ownNumber: attempt, ownStatus: status, ...job } = row;
      announceStatus(bus, job);
      if (status !== 'cancelled') bus.publish({ type: 'cancel', jobId, attempt });
      return { attempt, status };
    },
    async requeue(jobId, by = system, confirm) {
      const statement = { sql: dueSql, bind: values(jobId, by), jobId, confirm };
      const [row] = await confirmed<RequestedAttempt>(deps, statement);
      if (!row) throw await notActive(deps, jobId, 'queue again');
      return row;
    },
  };
}

// In the order of everything that changes an attempt and then its job.
const lockAttemptSql = `SELECT id FROM drs_attempts WHERE job_id = $1 AND status IN ${active} FOR NO KEY UPDATE`;
const lockJobSql = 'SELECT id FROM drs_jobs WHERE id = $1 FOR NO KEY UPDATE';

function confirmed<Row extends object>(
  { sequelize }: StoreDependencies,
  { jobId, confirm, ...statement }: Statement & { jobId: number; confirm: Confirm | undefined },
): Promise<Row[]> {
  if (!confirm) return rowsOf<Row>(sequelize, statement);
  return readCommitted(sequelize, async (transaction) => {
    for (const sql of [lockAttemptSql, lockJobSql]) {
      await rowsOf(sequelize, { sql, bind: [jobId], transaction });
    }
    await confirm(transaction);
    return rowsOf<Row>(sequelize, { ...statement, transaction });
  });
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
