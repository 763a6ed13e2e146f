/**
 * What the dashboard shows: what runs, what waits, what ended and what failed in the last day, which servers are out of
 * reach, and which workers are alive.
 */

import type { Sequelize } from 'sequelize';
import type { Access } from '../access.js';
import type { User } from '../protocol/records.js';
import type { Models } from '../models/model-types.js';
import { rowsOf } from '../models/run-query.js';
import type { JobStore } from '../store/job-store.js';
import { readableTitles } from './readable-names.js';

/** So many of each are listed; the numbers count them all. */
const listed = 8;

const jobColumns = `j.id, j.title, j.owner, j.owner_username AS "ownerUsername", j.status, j.attempt, j.message,
  j.failure_reason AS "failureReason", j.exit_code AS "exitCode", j.signal,
  j.server_id AS "serverId",
  a.submitted_at AS "submittedAt", j.started_at AS "startedAt", j.finished_at AS "finishedAt"`;

const jobTables = `drs_jobs j
  LEFT JOIN drs_attempts a ON a.job_id = j.id AND a.number = j.attempt`;

// What ended in the last day was changed in the last day, and by that there is an index.
const lastDay = `j.updated_at > now() - interval '1 day' AND j.finished_at > now() - interval '1 day'`;

const countsSql = `SELECT
  (SELECT count(*)::int FROM drs_jobs WHERE status = 'running') AS running,
  (SELECT count(*)::int FROM drs_jobs WHERE status = 'submitted') AS waiting,
  (SELECT count(*)::int FROM drs_jobs j WHERE j.status = 'failure' AND ${lastDay}) AS failed,
  (SELECT count(*)::int FROM drs_jobs j WHERE j.status = 'success' AND ${lastDay}) AS succeeded,
  EXISTS (SELECT 1 FROM drs_interpreters) AS "hasInterpreters",
  EXISTS (SELECT 1 FROM drs_servers) AS "hasServers",
  EXISTS (SELECT 1 FROM drs_jobs) AS "hasJobs"`;

// Servers that attempts wait for, and those that attempts of the last day gave up on, unless a job ran there since. The
// last day is read once, since both parts below ask for it: a job that was started in it was changed in it.
const unreachableSql = `
WITH recent AS (
  SELECT server_id, failure_reason, started_at, finished_at FROM drs_jobs WHERE updated_at > now() - interval '1 day'
), newest AS (
  SELECT server_id, max(started_at) AS started_at FROM recent GROUP BY server_id
), trouble AS (
  SELECT j.server_id, 1 AS waiting, a.unreachable_since AS since
  FROM drs_attempts a JOIN drs_jobs j ON j.id = a.job_id
  WHERE a.status IN ('submitted', 'running') AND a.unreachable_since IS NOT NULL
  UNION ALL
  SELECT r.server_id, 0, r.finished_at FROM recent r JOIN newest n ON n.server_id = r.server_id
  WHERE r.failure_reason = 'unreachable' AND r.finished_at > now() - interval '1 day'
    AND (n.started_at IS NULL OR n.started_at <= r.finished_at)
)
SELECT s.id, s.title, s.hostname, s.port, sum(t.waiting)::int AS jobs, min(t.since) AS since
FROM trouble t JOIN drs_servers s ON s.id = t.server_id GROUP BY s.id ORDER BY since LIMIT ${listed}`;

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

export interface DashboardDependencies {
  sequelize: Sequelize;
  models: Pick<Models, 'Server' | 'Interpreter'>;
  access: Access;
  store: Pick<JobStore, 'workers'>;
}

/** The newest state of affairs; lists hold what the person may see. */
export async function dashboard(dependencies: DashboardDependencies, user: User): Promise<object> {
  const { sequelize, access, store } = dependencies;
  const jobs = (where: string) =>
    rowsOf<DashboardJob>(sequelize, {
      sql: `SELECT ${jobColumns} FROM ${jobTables} WHERE ${where} ORDER BY j.id DESC LIMIT ${listed}`,
    });
  const [counts, hours, running, waiting, failed, unreachable, workers] = await Promise.all([
    rowsOf(sequelize, { sql: countsSql }),
    rowsOf(sequelize, { sql: hoursSql }),
    jobs(`j.status = 'running'`),
    jobs(`j.status = 'submitted'`),
    jobs(`j.status = 'failure' AND ${lastDay}`),
    rowsOf<{ id: number }>(sequelize, { sql: unreachableSql }),
    store.workers.live(),
  ]);
  return {
    counts: counts[0],
    workers,
    hours,
    running: await readable(dependencies, running, user),
    waiting: await readable(dependencies, waiting, user),
    failed: await readable(dependencies, failed, user),
    unreachable: await permitted(unreachable, (server) => access.isAllowed(user, 'server:read', server)),
  };
}

/** The jobs that the person may see, with their servers by name as far as these may be seen too. */
async function readable(
  dependencies: DashboardDependencies,
  jobs: DashboardJob[],
  as: User,
): Promise<(DashboardJob & { server: string })[]> {
  const seen = await permitted(jobs, (job) => dependencies.access.isAllowed(as, 'job:read', job));
  const serverIds = seen.map(({ serverId }) => serverId);
  const titles = await readableTitles(dependencies, serverIds, { as, transaction: undefined });
  return seen.map((job) => ({ ...job, server: titles.get(job.serverId) ?? `Server ${job.serverId}` }));
}

async function permitted<T>(rows: T[], isAllowed: (row: T) => boolean | Promise<boolean>): Promise<T[]> {
  const answers = await Promise.all(rows.map(async (row) => isAllowed(row)));
  return rows.filter((_row, index) => answers[index]);
}
