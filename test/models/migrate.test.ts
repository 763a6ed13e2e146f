import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../lib/embedded/run-command.js';
import { defineModels } from '../../lib/models/define-models.js';
import { migrate } from '../../lib/models/migrate.js';
import { testDatabase } from '../support/postgres.js';
import { claim, connect, createJob, createTestStore, running, submit } from './support.js';

const script = fileURLToPath(new URL('migrate-once.ts', import.meta.url));

async function tablesOf(url: string): Promise<string[]> {
  const names = await connect(url).getQueryInterface().showAllTables();
  return names.sort();
}

const tables = [
  ...[
    'drs_attempts',
    'drs_audit',
    'drs_ended_sessions',
    'drs_host_keys',
    'drs_instance',
    'drs_interpreters',
    'drs_job_words',
    'drs_jobs',
    'drs_logs',
    'drs_migrations',
    'drs_offered_host_keys',
  ],
  ...['drs_results', 'drs_secrets', 'drs_server_interpreters', 'drs_servers', 'drs_sign_in_tries'],
  ...['drs_sign_ins', 'drs_workers'],
];

/** Back to the tables of an earlier version. */
const undoLife = `
ALTER TABLE drs_servers DROP COLUMN scheduler, DROP COLUMN transport;
ALTER TABLE drs_attempts DROP COLUMN transport;
DROP TABLE drs_offered_host_keys, drs_ended_sessions;
ALTER TABLE drs_sign_ins DROP COLUMN user_id, DROP COLUMN since, DROP COLUMN seen_at, ADD COLUMN person JSONB NOT NULL;
ALTER TABLE drs_servers DROP COLUMN proxy_jump, DROP COLUMN allowed_users, DROP COLUMN usernames;
ALTER TABLE drs_attempts DROP COLUMN via, DROP COLUMN submitted_by;
ALTER TABLE drs_servers DROP COLUMN control_directory, DROP COLUMN legacy_algorithms;
ALTER TABLE drs_attempts DROP COLUMN hostname, DROP COLUMN port, DROP COLUMN control_directory,
  DROP COLUMN control_root, DROP COLUMN directory, DROP COLUMN permitted_at, DROP COLUMN began, DROP COLUMN ended,
  DROP COLUMN ended_at, DROP COLUMN has_directory, DROP COLUMN claimed_at, DROP COLUMN known_progress,
  DROP COLUMN holders_vanished;
DELETE FROM drs_migrations WHERE name >= '0009';`;

describe('migrate()', () => {
  it('makes every table once when five processes start at once', async () => {
    const url = await testDatabase();
    const ends = await Promise.all(
      Array.from({ length: 5 }, () => runCommand(process.execPath, ['--import', 'tsx', script, url])),
    );

    expect(ends.map(({ code, output }) => [code, output])).to.deep.equal(ends.map(() => [0, '']));
    expect(await tablesOf(url)).to.deep.equal(tables);
  });

  it('may be called many times at once, with a pool of one', async () => {
    const url = await testDatabase();
    const sequelize = connect(url, { pool: { max: 1 } });
    await Promise.all(Array.from({ length: 10 }, () => migrate(sequelize)));

    expect(await tablesOf(url)).to.deep.equal(tables);
  });

  it('keeps what is there', async () => {
    const sequelize = connect(await testDatabase());
    await migrate(sequelize);
    const models = defineModels(sequelize);
    const job = await createJob({ models });
    await migrate(sequelize);

    expect(await models.Job.findByPk(job.id)).to.include({ title: 'A job' });
  });

  it('gives attempts that are under way the address of their server, and forgets what older ones left', async () => {
    const test = await createTestStore();
    const [runs, isOver] = [await running(test), await running(test)];
    const [waits, local] = [await createJob(test), await createJob(test)];
    await submit(test, waits.id);
    await submit(test, local.id, { isRemote: false });
    await test.store.attempts.finish(isOver, {
      ...{ status: 'success', failureReason: null, exitCode: 0, signal: null, message: null },
    });
    await test.sequelize.query(undoLife);
    await migrate(test.sequelize);

    const [rows] = await test.sequelize.query(
      'SELECT job_id, hostname, port, began, has_remains, has_directory FROM drs_attempts ORDER BY job_id',
    );
    const none = { began: null, has_remains: false, has_directory: false };
    expect(rows).to.deep.equal([
      { job_id: runs.jobId, hostname: 'host', port: 22, ...none },
      { job_id: isOver.jobId, hostname: null, port: null, ...none },
      { job_id: waits.id, hostname: 'host', port: 22, ...none },
      { job_id: local.id, hostname: null, port: null, ...none },
    ]);
    await test.store.attempts.release(runs);
    expect(await claim(test, runs)).to.include({ isOfOldLayout: true, isAddressChanged: false });
  });

  it('does without the extension for searching where its user may not add it', async () => {
    const url = new URL(await testDatabase());
    await connect(url.href).query(
      `CREATE ROLE plain LOGIN PASSWORD 'plain'; GRANT CREATE ON SCHEMA public TO plain`,
    );
    const sequelize = connect(Object.assign(url, { username: 'plain', password: 'plain' }).href);
    await migrate(sequelize);
    const job = await createJob({ models: defineModels(sequelize) });

    const [extensions] = await sequelize.query(`SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'`);
    const [found] = await sequelize.query(`SELECT job_id FROM drs_job_words WHERE title ILIKE '%A JO%'`);
    expect(extensions).to.deep.equal([]);
    expect(found).to.deep.equal([{ job_id: job.id }]);
  });

  it('leaves nothing half-made when it fails', async () => {
    const url = await testDatabase();
    const sequelize = connect(url);
    await sequelize.query('CREATE TABLE drs_results (somebody INTEGER)');
    const failed = await migrate(sequelize).then(
      () => false,
      () => true,
    );

    expect(failed).to.equal(true);
    expect(await tablesOf(url)).to.deep.equal(['drs_results']);
  });
});
