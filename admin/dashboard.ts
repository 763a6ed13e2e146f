/**
 * What the dashboard shows: what runs, what waits, what ended and what failed in the last day, and which servers are
 * out of reach.
 */

import type { User } from '../lib/core/records.js';
import type { Internals } from '../lib/internals.js';
import { rowsOf } from '../lib/models/run-query.js';

/** So many of each are listed; the numbers count them all. */
const listed = 8;

const jobColumns = `j.id, j.title, j.owner, j.owner_username AS "ownerUsername", j.status, j.attempt, j.message,
  j.failure_reason AS "failureReason", j.exit_code AS "exitCode", j.signal,
  j.server_id AS "serverId", s.title AS server,
  a.submitted_at AS "submittedAt", j.started_at AS "startedAt", j.finished_at AS "finishedAt"`;

const jobTables = `drs_jobs j JOIN drs_servers s ON s.id = j.server_id
  LEFT JOIN drs_attempts a ON a.job_id = j.id AND a.number = j.attempt`;

// What ended in the last day was changed in the last day, and by that there is an index.
const lastDay = `j.updated_at > now() - interval '1 day' AND j.finished_at > now() - interval '1 day'`;

const countsSql = `SELECT
  (SELECT count(*)::int FROM drs_jobs WHERE status = 'running') AS running,
  (SELECT count(DISTINCT worker_id)::int FROM drs_attempts WHERE status = 'running' AND lease_until > now()) AS "busyWorkers",
  (SELECT count(*)::int FROM drs_jobs WHERE status = 'submitted') AS waiting,
  (SELECT count(*)::int FROM drs_jobs j WHERE j.status = 'failure' AND ${lastDay}) AS failed,
  (SELECT count(*)::int FROM drs_jobs j WHERE j.status = 'success' AND ${lastDay}) AS succeeded,
  EXISTS (SELECT 1 FROM drs_interpreters) AS "hasInterpreters",
  EXISTS (SELECT 1 FROM drs_servers) AS "hasServers",
  EXISTS (SELECT 1 FROM drs_jobs) AS "hasJobs"`;

// Servers that attempts wait for, and those that attempts of the last day gave up on, unless a job ran there since.
const unreachableSql = `SELECT s.id, s.title, s.hostname, s.port, count(*) FILTER (WHERE a.finished_at IS NULL)::int AS jobs,
    min(coalesce(a.unreachable_since, a.finished_at)) AS since
  FROM drs_jobs j JOIN drs_attempts a ON a.job_id = j.id AND a.number = j.attempt JOIN drs_servers s ON s.id = j.server_id
  WHERE (j.status IN ('submitted', 'running') AND a.unreachable_since IS NOT NULL)
    OR (j.failure_reason = 'unreachable' AND ${lastDay} AND NOT EXISTS (
      SELECT 1 FROM drs_jobs later WHERE later.server_id = j.server_id AND later.started_at > j.finished_at))
  GROUP BY s.id ORDER BY since LIMIT ${listed}`;

// By hours ago, not by the clock: the reader's hours need not be the database's.
const hoursSql = `SELECT floor(extract(epoch FROM now() - j.finished_at) / 3600)::int AS "hoursAgo", j.status,
    count(*)::int AS count
  FROM drs_jobs j WHERE j.status IN ('success', 'failure', 'cancelled') AND ${lastDay}
    AND j.finished_at <= now()
  GROUP BY 1, 2`;

/** A job in a list of the dashboard. */
interface DashboardJob {
  id: number;
  owner: string;
  serverId: number;
}

/** The newest state of affairs; lists hold what the person may see. */
export async function dashboard({ sequelize, access }: Internals, user: User): Promise<object> {
  const jobs = (where: string) =>
    rowsOf<DashboardJob>(sequelize, {
      sql: `SELECT ${jobColumns} FROM ${jobTables} WHERE ${where} ORDER BY j.id DESC LIMIT ${listed}`,
    });
  const [counts, hours, running, waiting, failed, unreachable] = await Promise.all([
    rowsOf(sequelize, { sql: countsSql }),
    rowsOf(sequelize, { sql: hoursSql }),
    jobs(`j.status = 'running'`),
    jobs(`j.status = 'submitted'`),
    jobs(`j.status = 'failure' AND ${lastDay}`),
    rowsOf<{ id: number }>(sequelize, { sql: unreachableSql }),
  ]);
  return {
    counts: counts[0],
    hours,
    running: await permitted(running, (job) => access.isAllowed(user, 'job:read', job)),
    waiting: await permitted(waiting, (job) => access.isAllowed(user, 'job:read', job)),
    failed: await permitted(failed, (job) => access.isAllowed(user, 'job:read', job)),
    unreachable: await permitted(unreachable, (server) => access.isAllowed(user, 'server:read', server)),
  };
}

async function permitted<T>(rows: T[], isAllowed: (row: T) => boolean | Promise<boolean>): Promise<T[]> {
  const answers = await Promise.all(rows.map(async (row) => isAllowed(row)));
  return rows.filter((_row, index) => answers[index]);
}
