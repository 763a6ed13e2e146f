import { expect } from 'chai';
import { Redis } from 'ioredis';
import { join } from 'node:path';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { startWorker } from '../../lib/worker/worker.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testInstance } from '../support/instance.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { knownProgram, randomNumbers } from './support/program.js';
import { startProxy, type Proxy } from './support/proxy.js';
import { expectSurvived, type Survivor } from './support/survived.js';
import { workerDependenciesOf } from './support/worker-dependencies.js';

/** SQL: an attempt that has not ended. */
const unfinished = "status IN ('submitted', 'running')";

describe('an outage in the middle of jobs', () => {
  let postgres: TestPostgres;
  let redis: TestRedis;
  let sshd: Sshd;
  let drs: RemoteSubmission;
  let proxy: Proxy;
  const random = randomNumbers(7);
  let count = 0;

  before(async () => {
    [postgres, redis, sshd] = await Promise.all([startPostgres({ isSafe: true }), startRedis(), startSshd()]);
    proxy = await startProxy(sshd);
    drs = await testInstance({ databaseUrl: postgres.url, redisUrl: redis.url });
  });

  const work = async (concurrency = 20) => {
    const worker = await startWorker(workerDependenciesOf(drs), { concurrency });
    let isStopped = false;
    const stop = async (): Promise<void> => {
      if (!isStopped) await worker.stop();
      isStopped = true;
    };
    atEnd(stop);
    return { stop };
  };

  const submit = async (server: { hostname: string; port: number } = sshd) => {
    count += 1;
    const startsFile = join(sshd.user.home, `starts-${count}`);
    const program = knownProgram(random, { startsFile, pace: 4 });
    const { hostname, port } = server;
    const job = await makeJob(drs, { program: program.text, server: { hostname, port } });
    const { username, password } = sshd.user;
    const submission = await drs.submitJob(job.id, { username, password });
    return { ...submission, program, startsFile };
  };

  const untilOutput = async (jobId: number) => {
    while ((await drs.models.Log.count({ where: { jobId } })) < 2)
      await new Promise((resolve) => setImmediate(resolve));
  };

  /** Submits jobs, breaks something when they print, and asks whether they survived. */
  const survive = async (damage: () => Promise<void> | void, server?: Proxy) => {
    const worker = await work();
    const jobs = await Promise.all([submit(server), submit(server), submit(server)]);
    await Promise.all(jobs.map(({ jobId }) => untilOutput(jobId)));
    await damage();
    await Promise.all(jobs.map(({ finished }) => finished()));
    await worker.stop();
    for (const job of jobs) await expectSurvived(drs, job satisfies Survivor);
  };

  const countAttempts = async (condition: string): Promise<number> => {
    const sql = `SELECT 1 FROM drs_attempts WHERE ${condition}`;
    const [rows] = await internalsOf(drs).sequelize.query(sql);
    return rows.length;
  };

  const redisCommand = async (...command: [string, ...string[]]) => {
    const client = new Redis(redis.url);
    await client.call(...command);
    client.disconnect();
  };

  it('of Redis, killed and started again, loses nothing; what is submitted later runs', async () => {
    await survive(() => redis.killAndRestart());
    await survive(() => {});
  });

  it('of Redis, in which all is flushed, loses nothing', () => survive(() => redisCommand('FLUSHALL')));

  it('of the scripts in Redis delays nothing: the next job is taken at once', async () => {
    await survive(() => redisCommand('SCRIPT', 'FLUSH'));
    await survive(() => {});
  });

  it('of Redis while jobs are queued loses none of them', async () => {
    const jobs = await Promise.all([submit(), submit(), submit()]);
    await redisCommand('FLUSHALL');
    // As old as an attempt must be for its ticket to count as lost.
    await internalsOf(drs).sequelize.query(
      `UPDATE drs_attempts SET submitted_at = now() - interval '11 seconds' WHERE status = 'submitted'`,
    );
    const worker = await work(1);
    await Promise.all(jobs.map(({ finished }) => finished()));
    await worker.stop();
    for (const job of jobs) await expectSurvived(drs, job);
  });

  it('of Redis at submit loses nothing: a worker finds the attempt', async () => {
    await redis.stop();
    const job = await submit();
    await internalsOf(drs).sequelize.query(
      `UPDATE drs_attempts SET submitted_at = now() - interval '11 seconds' WHERE status = 'submitted'`,
    );
    const worker = await work();
    await job.finished();
    await redis.restart();
    await worker.stop();
    await expectSurvived(drs, job);
  });

  it('of PostgreSQL, restarted, loses nothing, and finished() still resolves', () =>
    survive(() => postgres.restart()));

  it('of PostgreSQL, killed and started again, loses nothing', () =>
    survive(() => postgres.killAndRestart()));

  it('of sshd, killed and started again, loses nothing', () => survive(() => sshd.restart()));

  it('of the network, that cuts every connection, loses nothing', () => survive(() => proxy.cut(), proxy));

  it('of the network, that stalls and then cuts, loses nothing', () =>
    survive(async () => {
      proxy.stall();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      proxy.cut();
      proxy.flow();
    }, proxy));

  it('of the network, that leaves connections half open, loses nothing', () =>
    survive(() => proxy.swallow(), proxy));

  it('of the network, that is silent for longer than every deadline, loses nothing', () =>
    survive(async () => {
      proxy.stall();
      // A program may have ended before.
      while ((await countAttempts(`${unfinished} AND unreachable_since IS NULL`)) > 0)
        await new Promise((resolve) => setTimeout(resolve, 50));
      proxy.flow();
    }, proxy));

  it('of the network, that trickles, loses nothing', () =>
    survive(async () => {
      proxy.trickle();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      proxy.flow();
    }, proxy));

  it('leaves nothing unfinished', async () => {
    expect(await countAttempts(unfinished)).to.equal(0);
  });
});
