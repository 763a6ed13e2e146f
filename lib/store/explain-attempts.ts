/** What is known about the newest attempt of a job. */

import type { AttemptFacts } from '../protocol/explanation.js';
import { rowsOf } from '../models/run-query.js';
import type { StoreDependencies } from './store-dependencies.js';
import type { NewAttempt } from './submit-attempts.js';

/** How the newest attempt of a job was submitted. */
export type LastAttempt = Pick<
  NewAttempt,
  'kind' | 'isRemote' | 'username' | 'logPolicy' | 'timeoutMs' | 'storeResults'
> & { attempt: number };

/** The newest attempts of jobs; null when a job is not there or was never submitted. */
export interface NewestAttempts {
  /** Where it is, who holds it, and what it waits for. */
  facts(jobId: number): Promise<AttemptFacts | null>;
  /** How it was submitted. */
  submission(jobId: number): Promise<LastAttempt | null>;
}

const newest = `FROM drs_attempts a JOIN drs_jobs j ON j.id = a.job_id AND j.attempt = a.number
  JOIN drs_servers s ON s.id = j.server_id WHERE j.id = $1`;

const explainSql = `
SELECT a.job_id AS "jobId", a.number AS attempt, a.status, a.failure_reason AS "failureReason", a.kind,
  a.is_remote AS "isRemote", coalesce(a.hostname, s.hostname) AS hostname, coalesce(a.port, s.port) AS port,
  coalesce(a.via, '[]') AS via,
  a.username, a.worker_id AS "workerId", a.lease_until AS "leaseUntil",
  coalesce(a.lease_until > now(), false) AS "isHeld", a.fence AS claims, a.next_try_at AS "nextTryAt",
  a.unreachable_since AS "unreachableSince", a.unreachable_tries AS "unreachableTries",
  a.cancel_requested_at AS "cancelRequestedAt", a.submitted_at AS "submittedAt",
  a.permitted_at AS "permittedAt", a.started_at AS "startedAt", a.began->>'machine' AS machine, a.ended_at AS "endedAt",
  a.finished_at AS "finishedAt", a.message,
  a.retry_of AS "retryOf", substr(a.control_root, strpos(a.control_root, ' ') + 1) || '/' || j.uuid || '-' || a.number AS "controlDirectory"
${newest}`;

const lastSql = `
SELECT a.number AS attempt, a.kind, a.is_remote AS "isRemote", a.username, a.log_policy AS "logPolicy", a.timeout_ms AS "timeoutMs",
  a.store_results AS "storeResults"
${newest}`;

export function createNewest({ sequelize }: StoreDependencies): NewestAttempts {
  return {
    async facts(jobId) {
      const [row] = await rowsOf<AttemptFacts>(sequelize, { sql: explainSql, bind: [jobId] });
      return row ?? null;
    },
    async submission(jobId) {
      const [row] = await rowsOf<LastAttempt>(sequelize, { sql: lastSql, bind: [jobId] });
      return row ?? null;
    },
  };
}
