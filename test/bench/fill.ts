/** Fills the tables as years of use would, quickly: the database makes the rows by itself. */

import { QueryTypes, Sequelize } from 'sequelize';

/** How many rows are made. */
export interface Filling {
  jobs: number;
  chunksOfJob: number;
  /** So many chunks has one job in the middle, `longLogOf(jobs)`. */
  chunksOfLongLog: number;
}

const servers = 40;
const owners = 2000;

/** The job with the long log. */
export function longLogOf(jobs: number): number {
  return Math.ceil(jobs / 2);
}

// The newest jobs run or wait, and the rest ended one in 86 seconds: in a day a thousand, a million in nearly three years.
const jobsSql = (jobs: number) => `
INSERT INTO drs_jobs (uuid, title, program, remote_directory, remote_filename, owner, owner_username, server_id,
  interpreter_id, status, attempt, failure_reason, exit_code, started_at, finished_at, created_at, updated_at)
SELECT md5('job' || n)::uuid,
  (ARRAY['Fit','Scan','Merge','Render','Refine','Sort','Index','Simulate'])[1 + n % 8] || ' sample ' || md5(n::text) || ' run ' || n,
  repeat('print("a line of the program")' || chr(10), 20), '~/jobs/{job}', 'program.py',
  'id-' || n % ${owners}, 'user' || n % ${owners}, 1 + n % ${servers}, 1, status,
  CASE status WHEN 'initial' THEN 0 ELSE 1 END,
  CASE status WHEN 'failure' THEN (ARRAY['exit','timeout','unreachable','signal'])[1 + n / 7 % 4] END,
  CASE status WHEN 'success' THEN 0 WHEN 'failure' THEN 1 END,
  CASE WHEN status NOT IN ('initial', 'submitted') THEN time - interval '1 minute' END,
  CASE WHEN status IN ('success', 'failure', 'cancelled') THEN time END, time - interval '2 minutes', time
FROM (
  SELECT n, now() - (${jobs} - n) * interval '86 seconds' AS time,
    CASE WHEN n > ${jobs} - 20 THEN 'running' WHEN n > ${jobs} - 60 THEN 'submitted' WHEN n % 50 = 0 THEN 'initial'
      WHEN n % 11 = 0 THEN 'failure' WHEN n % 37 = 0 THEN 'cancelled' ELSE 'success' END AS status
  FROM generate_series(1, ${jobs}) AS n
) AS made`;

const wordsSql = 'INSERT INTO drs_job_words SELECT id, title, owner_username FROM drs_jobs';

const attemptsSql = `
INSERT INTO drs_attempts (job_id, number, kind, status, username, is_remote, log_policy, worker_id, lease_until,
  exit_code, failure_reason, submitted_at, started_at, finished_at)
SELECT id, 1, 'run', status, owner_username, true, 'live', CASE status WHEN 'running' THEN 'bench' END,
  CASE status WHEN 'running' THEN now() + interval '1 day' END,
  exit_code, failure_reason, created_at, started_at, finished_at
FROM drs_jobs WHERE attempt = 1`;

const auditSql = `
INSERT INTO drs_audit (time, user_id, username, action, subject, subject_id, attempt, detail)
SELECT created_at, owner, owner_username, 'submitted', 'job', id, 1, 'as ' || owner_username
FROM drs_jobs WHERE attempt = 1`;

const chunksSql = ({ jobs, chunksOfJob, chunksOfLongLog }: Filling) => `
INSERT INTO drs_logs (job_id, attempt, seq, stream, byte_offset, time, content)
SELECT job, 1, seq, 'stdout', (seq - 1) * 80, now(), decode(repeat('78', 79) || '0a', 'hex')
FROM generate_series(1, ${jobs}) AS job
CROSS JOIN LATERAL generate_series(1, CASE job WHEN ${longLogOf(jobs)} THEN ${chunksOfLongLog} ELSE ${chunksOfJob} END) AS seq`;

const indexesSql = `
SELECT indexname AS name, indexdef AS definition FROM pg_indexes i
WHERE tablename IN ('drs_jobs', 'drs_job_words', 'drs_logs')
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = i.indexname)`;

/** Fills the tables of a migrated, empty database. Resolves to seconds. */
export async function fill(databaseUrl: string, filling: Filling): Promise<number> {
  const begun = performance.now();
  const sequelize = new Sequelize(databaseUrl, { logging: false, pool: { max: 1 } });
  try {
    // Without triggers and checks of references, since the statements keep them by themselves.
    await sequelize.query(`SET session_replication_role = replica; SET synchronous_commit = off;
      SET maintenance_work_mem = '256MB'`);
    await sequelize.query(`INSERT INTO drs_interpreters (id, name, path) VALUES (1, 'Python 3', 'python3');
      INSERT INTO drs_servers (id, title, hostname)
        SELECT n, 'Cluster ' || n, 'node' || n || '.example' FROM generate_series(1, ${servers}) AS n;
      INSERT INTO drs_server_interpreters SELECT id, 1 FROM drs_servers`);
    const options = { type: QueryTypes.SELECT } as const;
    const indexes = await sequelize.query<{ name: string; definition: string }>(indexesSql, options);
    for (const { name } of indexes) await sequelize.query(`DROP INDEX ${name}`);
    for (const sql of [jobsSql(filling.jobs), wordsSql, attemptsSql, auditSql, chunksSql(filling)]) {
      await sequelize.query(sql);
    }
    for (const { definition } of indexes) await sequelize.query(definition);
    await sequelize.query('VACUUM ANALYZE');
  } finally {
    await sequelize.close();
  }
  return (performance.now() - begun) / 1000;
}
