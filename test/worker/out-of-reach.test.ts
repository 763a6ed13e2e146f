import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteSubmission, RemoteSubmissionOptions } from '../../lib/index.js';
import { freePort } from '../../lib/embedded/free-port.js';
import { ssh } from '../../lib/transports/ssh.js';
import type { Transport } from '../../lib/transports/session.js';
import { internalsOf } from '../../lib/internals.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testInstance } from '../support/instance.js';
import { memoryHostKeys } from '../transports/memory-host-keys.js';
import { firstOutput, shellJob, signIn, startFlakyServer, until, type FlakyServer } from './support.js';

const note =
  /Out of reach since \d{4}-\d\d-\d\d [\d:]{8} UTC; the next try is at \d{4}-\d\d-\d\d [\d:]{8} UTC\./;

describe('a server that goes out of reach', () => {
  let server: FlakyServer;
  before(async () => {
    server = await startFlakyServer();
  });

  const instance = async (options: Partial<RemoteSubmissionOptions> = {}) => {
    const drs = await testInstance(options);
    await drs.work();
    return drs;
  };

  const submit = async (drs: RemoteSubmission, program: string) => {
    const job = await shellJob(drs, server, program);
    const { finished } = await drs.submitJob(job.id, signIn);
    return { job, finished };
  };

  const untilNoted = (job: Awaited<ReturnType<typeof submit>>['job']) =>
    until(async () => note.test((await job.reload()).message ?? ''));

  it('leaves its jobs running with a note, and they go on when it is back', async () => {
    const drs = await instance();
    const program = 'echo one; while ! [ -e ~/go ]; do sleep 0.05; done; echo two';
    const { job, finished } = await submit(drs, program);
    await firstOutput(drs, job.id);
    await server.goAway();
    await untilNoted(job);
    expect(job).to.include({ status: 'running', failureReason: null });
    expect(job.message).to.contain(`${server.hostname}:${server.port}`);
    await writeFile(join(server.home, 'go'), '');
    await server.comeBack();
    expect(await finished()).to.include({ status: 'success' });
    expect((await job.reload()).message).to.equal(null);
    const rows = await drs.models.Log.findAll({ where: { jobId: job.id }, order: ['seq'] });
    expect(Buffer.concat(rows.map(({ content }) => content)).toString()).to.equal('one\ntwo\n');
  });

  it('is knocked at by one attempt at a time, and all go on when it is back', async () => {
    const knocks = { now: 0, most: 0, all: 0 };
    const transport = counting(ssh({ hostKeys: memoryHostKeys(), policy: 'pin-first-use' }), knocks);
    atEnd(() => transport.close());
    const drs = await instance({ transports: { ssh: transport } });
    await (await submit(drs, 'echo known')).finished();
    const { port, hostname } = server;
    const key = { type: 'ssh-ed25519', key: 'x', fingerprint: 'x', isApproved: true };
    await internalsOf(drs).hostKeys.remember(hostname, port, key);
    await server.goAway();
    const jobs = [await submit(drs, 'echo x')];
    for (const { job } of jobs) await untilNoted(job);
    Object.assign(knocks, { most: 0, all: 0 });
    for (let i = 1; i < 12; i += 1) jobs.push(await submit(drs, 'echo x'));
    for (const { job } of jobs) await untilNoted(job);
    await until(async () => knocks.all >= 4);
    expect(knocks.all).to.be.lessThan(12);
    expect(knocks.most).to.equal(1);
    await server.comeBack();
    const outcomes = await Promise.all(jobs.map(({ finished }) => finished()));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(Array(12).fill('success'));
  });

  it('twice, gives its jobs the whole limit each time', async () => {
    const unreachableMs = 6_000;
    const drs = await instance({ limits: { unreachableMs } });
    const { job, finished } = await submit(
      drs,
      'echo one; while ! [ -e ~/go-twice ]; do sleep 0.05; done; echo two',
    );
    await firstOutput(drs, job.id);
    await server.goAway();
    await untilNoted(job);
    const noted = Date.now();
    await server.comeBack();
    // It is followed again, by the same worker, until the first outage is longer ago than the limit.
    await until(async () => (await job.reload()).message === null && Date.now() > noted + unreachableMs);
    await server.goAway();
    await until(async () => note.test((await job.reload()).message ?? '') || job.status === 'failure');
    await writeFile(join(server.home, 'go-twice'), '');
    await server.comeBack();
    expect(await finished()).to.include({ status: 'success' });
  });

  it('is given time by a job that runs there, though its host key was forgotten meanwhile', async () => {
    const drs = await instance();
    const { job, finished } = await submit(drs, 'echo one; while ! [ -e ~/go-on ]; do sleep 0.05; done');
    await firstOutput(drs, job.id);
    await server.goAway();
    const { hostKeys, sequelize } = internalsOf(drs);
    await hostKeys.forget(server, { by: { id: 'root', username: 'root' } });
    // A server that was never reached is given up after three tries.
    await until(async () => {
      const sql = `SELECT 1 FROM drs_attempts WHERE job_id = ${job.id} AND (unreachable_tries > 3 OR status = 'failure')`;
      return (await sequelize.query(sql))[0].length > 0;
    });
    await writeFile(join(server.home, 'go-on'), '');
    await server.comeBack();
    expect(await finished()).to.include({ status: 'success' });
  });

  it('ends its jobs as unreachable when that takes longer than the limit', async () => {
    const drs = await instance({ limits: { unreachableMs: 1_500 } });
    const { job, finished } = await submit(drs, 'echo begin; sleep 4');
    await firstOutput(drs, job.id);
    await server.goAway();
    expect(await finished()).to.include({ status: 'failure', failureReason: 'unreachable' });
    await job.reload();
    expect(job.message).to.contain('Given up: out of reach since').and.to.contain('may still run');
    await server.comeBack();
  });

  it('ends a job whose cancel did not reach it as unreachable, and says so', async () => {
    const drs = await instance({ limits: { unreachableMs: 2_000 } });
    const { job, finished } = await submit(drs, 'echo begin; sleep 4');
    await firstOutput(drs, job.id);
    await server.goAway();
    await untilNoted(job);
    await drs.cancelJob(job.id);
    expect(await finished()).to.include({ status: 'failure', failureReason: 'unreachable' });
    expect((await job.reload()).message).to.contain('A cancel was wanted');
    await server.comeBack();
  });

  it('lets a cancelled job end as cancelled when it is back', async () => {
    const drs = await instance();
    const { job, finished } = await submit(drs, 'echo begin; sleep 300');
    await firstOutput(drs, job.id);
    await server.goAway();
    await untilNoted(job);
    expect(await drs.cancelJob(job.id)).to.include({ status: 'running' });
    await until(async () => (await job.reload()).message?.includes('Then the cancel is carried out.'));
    await server.comeBack();
    expect(await finished()).to.include({ status: 'cancelled' });
  });

  it('lets a job that was not started be cancelled at once', async () => {
    const drs = await instance();
    await (await submit(drs, 'echo known')).finished();
    await server.goAway();
    const { job, finished } = await submit(drs, 'echo x');
    await untilNoted(job);
    await drs.cancelJob(job.id);
    expect(await finished()).to.include({ status: 'cancelled' });
    await server.comeBack();
  });

  it('that was never reached is given up after three tries, for all who wait for it', async () => {
    const drs = await instance();
    const there = { hostname: '127.0.0.1', port: await freePort() };
    const submissions = [];
    for (let i = 0; i < 5; i += 1) {
      const job = await makeJob(drs, { program: '', server: there });
      submissions.push({ job, ...(await drs.submitJob(job.id, signIn)) });
    }
    for (const { job, finished } of submissions) {
      expect(await finished()).to.include({ status: 'failure', failureReason: 'unreachable' });
      expect((await job.reload()).message).to.match(
        /Given up after \d tries, since it was never reached before/,
      );
    }
  });
});

/** The same transport; counts who connects. */
function counting(transport: Transport, knocks: { now: number; most: number; all: number }): Transport {
  return {
    ...transport,
    async acquire(...args) {
      knocks.all += 1;
      knocks.now += 1;
      knocks.most = Math.max(knocks.most, knocks.now);
      try {
        return await transport.acquire(...args);
      } finally {
        knocks.now -= 1;
      }
    },
  };
}
