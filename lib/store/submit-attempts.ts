/** New attempts. */

import type { LogPolicy } from '../protocol/log-policy.js';
import { system, type Actor, type AuditAction } from '../protocol/audit.js';
import type { JobStatus } from '../protocol/job-status.js';
import type { User } from '../protocol/records.js';
import { ConflictError, NotFoundError, ValidationError } from '../errors.js';
import type { Credential } from '../transports/session.js';
import { detailOf } from '../models/audit.js';
import { lockHops } from './lock-hops.js';
import { interpreterProblem } from '../models/job-hooks.js';
import { isUniqueViolation, jsonOf, rowsOf, withoutNul } from '../models/run-query.js';
import { readCommitted } from '../models/within.js';
import {
  announceStatus,
  retryMessage,
  statusColumns,
  type Confirm,
  type StatusRow,
  type StoreDependencies,
} from './store-dependencies.js';

/** What an attempt is made with. */
export interface NewAttempt {
  jobId: number;
  kind: 'run' | 'copy';
  /** False: on this machine, without SSH. */
  isRemote: boolean;
  /** The name to sign in with. */
  username: string;
  /** Sealed and stored until the attempt ends; null: the app's own key, nothing is stored. */
  credential: Credential | null;
  logPolicy: LogPolicy;
  timeoutMs: number | null;
  /** null: every file; empty: none. */
  storeResults: string[] | null;
  /** What the audit tells. Default: that `system` submitted it. */
  audit?: { by: Actor; action: AuditAction; detail: string };
  /** The number of the attempt that it repeats. */
  retryOf?: number | null;
  /** Whose rights were asked. Default, and null: the host's own code, whose rights are not asked. */
  submittedBy?: User | null;
  /** Makes sure that what the attempt was decided on is still so. Default: nothing is asked. */
  confirm?: Confirm;
}

interface JobRow {
  status: JobStatus;
  attempt: number;
  attemptId: number;
  serverId: number;
  interpreterId: number;
  isAvailable: boolean;
}

// The lock lets log chunks of an older attempt still refer to the job.
const lockSql = `
SELECT j.status, j.attempt, j.server_id AS "serverId", j.interpreter_id AS "interpreterId",
  nextval(pg_get_serial_sequence('drs_attempts', 'id'))::int AS "attemptId",
  EXISTS (SELECT 1 FROM drs_server_interpreters si
    WHERE si.server_id = j.server_id AND si.interpreter_id = j.interpreter_id) AS "isAvailable"
FROM drs_jobs j WHERE j.id = $1 FOR NO KEY UPDATE OF j`;

const submitSql = `
WITH server AS (
  SELECT hostname, port, transport, control_directory FROM drs_servers WHERE id = $16
), a AS (
  INSERT INTO drs_attempts (id, job_id, number, kind, status, is_remote, username, log_policy, timeout_ms, store_results,
    retry_of, message, hostname, port, transport, via, submitted_by, control_directory)
  SELECT $1, $2, $3, $4, 'submitted', $5, $6, $7, $8, $9::jsonb, $15, ${retryMessage('$15::int')},
    CASE WHEN $5 THEN hostname END, CASE WHEN $5 THEN port END,
    CASE WHEN $5 THEN transport END, CASE WHEN $5 THEN $17::jsonb END,
    $18::jsonb, control_directory FROM server
), s AS (
  INSERT INTO drs_secrets (attempt_id, sealed) SELECT $1, $10::bytea WHERE $10::bytea IS NOT NULL
), audit AS (
  INSERT INTO drs_audit (user_id, username, action, subject, subject_id, attempt, detail)
  VALUES ($11, $12, $13, 'job', $2, $3, $14)
)
UPDATE drs_jobs j
SET status = 'submitted', attempt = $3, failure_reason = NULL, exit_code = NULL, signal = NULL,
  message = ${retryMessage('$15::int')},
  started_at = NULL, finished_at = NULL, updated_at = now()
WHERE j.id = $2
RETURNING ${statusColumns}`;

/**
 * Makes the next attempt of a job.
 * @throws NotFoundError, ConflictError `job_active`, ValidationError (interpreter), DrsError `secret_missing`
 */
export async function submitAttempt(
  deps: StoreDependencies,
  newAttempt: NewAttempt,
): Promise<{ attempt: number; attemptId: number }> {
  const { sequelize, bus } = deps;
  const submitted = await readCommitted(sequelize, async (transaction) => {
    const [job] = await rowsOf<JobRow>(sequelize, { sql: lockSql, bind: [newAttempt.jobId], transaction });
    if (!job) throw new NotFoundError(`Job ${newAttempt.jobId}`);
    await newAttempt.confirm?.(transaction);
    if (job.status === 'submitted' || job.status === 'running') throw stillActive(newAttempt.jobId, job);
    if (!job.isAvailable) {
      const problem = await interpreterProblem(deps.models, job, transaction);
      if (problem) throw new ValidationError([problem]);
    }
    const via = await lockHops(sequelize, job.serverId, transaction);
    const bind = [
      ...valuesOf(newAttempt, { ...job, attempt: job.attempt + 1 }, deps),
      via,
      personOf(newAttempt),
    ];
    const [status] = await rowsOf<StatusRow>(sequelize, { sql: submitSql, bind, transaction }).catch(
      (error: unknown) => {
        // Somebody wrote another status into the job by hand; the attempts themselves know better.
        throw isUniqueViolation(error) ? stillActive(newAttempt.jobId, job) : error;
      },
    );
    return { status, attemptId: job.attemptId };
  });
  if (!submitted.status) throw new NotFoundError(`Job ${newAttempt.jobId}`);
  announceStatus(bus, submitted.status);
  return { attempt: submitted.status.attempt, attemptId: submitted.attemptId };
}

function personOf({ submittedBy = null }: NewAttempt): string | null {
  if (submittedBy === null) return null;
  const { id, username, isAdmin = false } = submittedBy;
  return jsonOf({ id, username, isAdmin });
}

function valuesOf(
  newAttempt: NewAttempt,
  { attempt, attemptId, serverId }: JobRow,
  { sealer }: StoreDependencies,
): unknown[] {
  const {
    jobId,
    kind,
    isRemote,
    credential,
    logPolicy,
    timeoutMs,
    storeResults,
    retryOf = null,
  } = newAttempt;
  const username = withoutNul(newAttempt.username);
  const patterns = storeResults && JSON.stringify(storeResults.map(withoutNul));
  const sealed = credential && sealer.seal(credential, String(attemptId));
  const { by, action, detail } = newAttempt.audit ?? { by: system, action: 'submitted', detail: null };
  return [
    ...[attemptId, jobId, attempt, kind, isRemote, username, logPolicy, timeoutMs, patterns, sealed],
    ...[withoutNul(by.id), withoutNul(by.username), action, detailOf(detail), retryOf, serverId],
  ];
}

function stillActive(jobId: number, { attempt }: { attempt: number }): ConflictError {
  const message = `Attempt ${attempt} of job ${jobId} is not over. Wait for its end, or cancel it, before you submit the job again.`;
  return new ConflictError('job_active', message);
}
