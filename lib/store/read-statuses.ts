/** How jobs and attempts stand. */

import type { StatusEvent } from '../protocol/events.js';
import type { Outcome } from '../protocol/records.js';
import { NotFoundError } from '../errors.js';
import { rowsOf } from '../models/run-query.js';
import { statusColumns, statusEvent, type StatusRow, type StoreDependencies } from './store-dependencies.js';

/** How a job stands, whose it is, and when its newest attempt passed the states before: null when that is no news. */
export interface JobState {
  event: StatusEvent;
  owner: string;
  submittedAt: Date | null;
  startedAt: Date | null;
}

/** How things stand. */
export interface Statuses {
  /** How an attempt stands or ended, with its results. @throws NotFoundError */
  outcome(jobId: number, attempt: number): Promise<Outcome>;
  /** null when there is no such job. */
  statusOf(jobId: number): Promise<StatusEvent | null>;
  /** How these jobs stand now; those that are gone are left out. */
  statusesOf(jobIds: readonly number[]): Promise<JobState[]>;
  /** The jobs that changed last, newest first; of one owner, or of all. */
  recentStatuses(filter: { owner?: string; limit: number }): Promise<StatusEvent[]>;
}

const outcomeSql = `
SELECT a.status, a.exit_code AS "exitCode", a.signal, a.failure_reason AS "failureReason", a.message,
  (SELECT json_agg(json_build_array(r.remote_filename, r.id) ORDER BY r.id)
    FROM drs_results r WHERE r.job_id = a.job_id AND r.attempt = a.number) AS results
FROM drs_attempts a WHERE a.job_id = $1 AND a.number = $2`;

// Who is told late, because much happened at once, is told of what has just been too.
const isNews = (time: string): string => `CASE WHEN ${time} > now() - interval '2 seconds' THEN ${time} END`;

const statesSql = `
SELECT ${statusColumns}, ${isNews('a.submitted_at')} AS "submittedAt", ${isNews('a.started_at')} AS "startedAt"
FROM drs_jobs j LEFT JOIN drs_attempts a ON a.job_id = j.id AND a.number = j.attempt WHERE j.id = ANY($1::int[])`;

type StateRow = StatusRow & Pick<JobState, 'submittedAt' | 'startedAt'>;

type OutcomeRow = Omit<Outcome, 'results'> & { results: [string, number][] | null };

export function createStatuses({ sequelize }: StoreDependencies): Statuses {
  return {
    async outcome(jobId, attempt) {
      const [row] = await rowsOf<OutcomeRow>(sequelize, { sql: outcomeSql, bind: [jobId, attempt] });
      if (!row) throw new NotFoundError(`Attempt ${attempt} of job ${jobId}`);
      return { ...row, results: Object.fromEntries(row.results ?? []) };
    },
    async statusOf(jobId) {
      const sql = `SELECT ${statusColumns} FROM drs_jobs j WHERE j.id = $1`;
      const [row] = await rowsOf<StatusRow>(sequelize, { sql, bind: [jobId] });
      return row ? statusEvent(row) : null;
    },
    async statusesOf(jobIds) {
      const rows = await rowsOf<StateRow>(sequelize, { sql: statesSql, bind: [jobIds] });
      return rows.map(({ submittedAt, startedAt, ...row }) => {
        return { event: statusEvent(row), owner: row.owner, submittedAt, startedAt };
      });
    },
    async recentStatuses({ owner, limit }) {
      const ofOwner = owner === undefined ? '' : 'WHERE j.owner = $2';
      const sql = `SELECT ${statusColumns} FROM drs_jobs j ${ofOwner} ORDER BY j.updated_at DESC, j.id DESC LIMIT $1`;
      const bind = owner === undefined ? [limit] : [limit, owner];
      return (await rowsOf<StatusRow>(sequelize, { sql, bind })).map(statusEvent);
    },
  };
}
