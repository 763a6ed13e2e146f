/** The steps of an attempt that is held, and what its holder reads. */

import { ClaimLostError } from '../errors.js';
import type { Began } from '../protocol/attempt-records.js';
import type { AttemptStore, Claim, Ending } from './attempt-store.js';
import type { Credential } from '../transports/session.js';
import { writeControlRoot } from './control-root.js';
import { messageOf } from './message-text.js';
import { jsonOf, rowsOf, withoutNul } from '../models/run-query.js';
import {
  announceStatus,
  retryMessage,
  statusColumns,
  type MaybeStatusRow,
  type StoreDependencies,
} from './store-dependencies.js';
import { active } from '../models/active-states.js';

type ChangeMethods = Pick<
  AttemptStore,
  'credential' | 'markRunning' | 'markEnded' | 'markReached' | 'finish' | 'addResults' | 'resultNames'
>;

// A job shows its newest attempt only; the statement returns one row while the attempt is held. What began was
// permitted, also where the database was set back and has forgotten it. Only a copy runs without anything that began.
const runningSql = `
WITH held AS (
  UPDATE drs_attempts a
  SET status = 'running', started_at = coalesce(a.started_at, now()), began = coalesce($3::jsonb, a.began),
    permitted_at = CASE WHEN a.kind = 'run' THEN coalesce(a.permitted_at, now()) END,
    control_root = coalesce(a.control_root, $4),
    message = nullif(concat_ws(' ', ${retryMessage('a.retry_of')}, $5::text), ''),
    has_remains = a.kind = 'run', has_directory = a.kind = 'run'
  WHERE a.id = $1 AND a.fence = $2 AND a.status IN ${active}
    AND (a.kind = 'copy' OR coalesce($3::jsonb, a.began) IS NOT NULL)
  RETURNING a.*
), j AS (
  UPDATE drs_jobs j SET status = 'running', started_at = held.started_at, message = held.message,
    updated_at = now()
  FROM held WHERE j.id = held.job_id AND j.attempt = held.number
  RETURNING j.*
)
SELECT ${statusColumns} FROM held LEFT JOIN j ON true`;

const endedSql = `
UPDATE drs_attempts a SET ended = coalesce(a.ended, $3::jsonb), ended_at = coalesce(a.ended_at, now())
WHERE a.id = $1 AND a.fence = $2 AND a.status IN ${active} RETURNING a.id`;

const reachedSql = `
UPDATE drs_attempts SET unreachable_since = NULL, unreachable_tries = 0 WHERE id = $1 AND fence = $2 RETURNING id`;

const finishSql = `
WITH held AS (
  UPDATE drs_attempts a
  SET status = $3, failure_reason = $4, exit_code = $5, signal = $6, message = $7, finished_at = now(),
    worker_id = NULL, lease_until = NULL, next_try_at = NULL
  WHERE a.id = $1 AND a.fence = $2 AND a.status IN ${active}
  RETURNING a.*
), gone AS (
  DELETE FROM drs_secrets s USING held WHERE s.attempt_id = held.id
), j AS (
  UPDATE drs_jobs j
  SET status = held.status, failure_reason = held.failure_reason, exit_code = held.exit_code, signal = held.signal,
    message = held.message, finished_at = held.finished_at, updated_at = now()
  FROM held WHERE j.id = held.job_id AND j.attempt = held.number
  RETURNING j.*
)
SELECT ${statusColumns} FROM held LEFT JOIN j ON true`;

const addResultsSql = `
WITH held AS (SELECT id FROM drs_attempts WHERE id = $1 AND fence = $2 AND status IN ${active} FOR SHARE),
added AS (
  INSERT INTO drs_results (job_id, attempt, remote_filename, size, storage_key)
  SELECT $3, $4, r.* FROM unnest($5::text[], $6::bigint[], $7::text[]) AS r WHERE EXISTS (SELECT 1 FROM held)
  ON CONFLICT (job_id, attempt, remote_filename) DO NOTHING
)
SELECT id FROM held`;

const sealedSql = `
SELECT s.sealed FROM drs_attempts a LEFT JOIN drs_secrets s ON s.attempt_id = a.id WHERE a.id = $1 AND a.fence = $2`;

const resultNamesSql = `
SELECT remote_filename AS name FROM drs_results WHERE job_id = $1 AND attempt = $2 ORDER BY id`;

export function changeMethods(deps: StoreDependencies): ChangeMethods {
  const { sequelize } = deps;
  return {
    async credential({ attemptId, fence }) {
      const [row] = await rowsOf<{ sealed: Buffer | null }>(sequelize, {
        sql: sealedSql,
        bind: [attemptId, fence],
      });
      if (!row) throw new ClaimLostError(attemptId);
      return row.sealed === null ? {} : (deps.sealer.open(row.sealed, String(attemptId)) as Credential);
    },
    markRunning: (claim, began, note = null) =>
      change(deps, claim, { sql: runningSql, bind: beginningValues(claim, began, note) }),
    async markEnded(claim, ended) {
      await hold(deps, claim, { sql: endedSql, bind: [jsonOf(ended)] });
    },
    async markReached(claim) {
      await hold(deps, claim, { sql: reachedSql, bind: [] });
    },
    finish: (claim, ending) => change(deps, claim, { sql: finishSql, bind: endingValues(ending) }),
    async addResults(claim, results) {
      if (results.length === 0) return;
      const names = results.map(({ remoteFilename }) => withoutNul(remoteFilename));
      const sizes = results.map(({ size }) => size);
      const keys = results.map(({ storageKey }) => storageKey);
      const bind = [claim.jobId, claim.attempt, names, sizes, keys];
      await hold(deps, claim, { sql: addResultsSql, bind });
    },
    async resultNames({ jobId, attempt }) {
      const rows = await rowsOf<{ name: string }>(sequelize, { sql: resultNamesSql, bind: [jobId, attempt] });
      return rows.map(({ name }) => name);
    },
  };
}

/** Runs a statement whose `$1` and `$2` are the claim, and that returns a row while it is held. */
async function hold<Row extends object>(
  { sequelize }: StoreDependencies,
  { attemptId, fence }: Claim,
  { sql, bind }: { sql: string; bind: unknown[] },
): Promise<Row> {
  const [row] = await rowsOf<Row>(sequelize, { sql, bind: [attemptId, fence, ...bind] });
  if (!row) throw new ClaimLostError(attemptId);
  return row;
}

/** The same, and announces the job's new status. */
async function change(
  deps: StoreDependencies,
  claim: Claim,
  statement: { sql: string; bind: unknown[] },
): Promise<void> {
  announceStatus(deps.bus, await hold<MaybeStatusRow>(deps, claim, statement));
}

function beginningValues({ controlRoot }: Claim, began: Began | null, note: string | null): unknown[] {
  return [began && jsonOf(began), controlRoot && writeControlRoot(controlRoot), messageOf(note)];
}

function endingValues({ status, failureReason, exitCode, signal, message }: Ending): unknown[] {
  return [status, failureReason, exitCode, withoutNul(signal), messageOf(message)];
}
