import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { waitForEnd } from '../../lib/domain/wait-for-end.js';
import { startSshServer } from '../../lib/testing/index.js';
import { freePort } from '../../lib/embedded/free-port.js';
import { makeJob, testInstance, type JobFixture } from '../support/instance.js';
import { sharedSshd, type Sshd } from '../support/sshd.js';
import { until } from './support.js';

describe('jobs that cannot run', () => {
  let drs: RemoteSubmission;
  let sshd: Sshd;
  let server: { hostname: string; port: number };
  before(async () => {
    drs = await testInstance();
    await drs.work({ concurrency: 4 });
    sshd = await sharedSshd();
    server = { hostname: sshd.hostname, port: sshd.port };
  });

  const submit = async (fixture: Partial<JobFixture>, options: object = {}) => {
    const job = await makeJob(drs, { program: 'print(1)', server, ...fixture });
    const { username, password } = sshd.user;
    const outcome = await (await drs.submitJob(job.id, { username, password, ...options })).finished();
    await job.reload();
    return { outcome, job };
  };

  it('a wrong password ends as auth, and says so', async () => {
    const { outcome, job } = await submit({}, { password: 'wrong' });
    expect(outcome).to.include({ status: 'failure', failureReason: 'auth', exitCode: null });
    expect(job.message).to.contain(`as ${sshd.user.username}`).and.to.contain('password refused');
  });

  it('an unknown host ends as unreachable within seconds, and names it', async () => {
    const { outcome, job } = await submit({ server: { hostname: 'no-such-host.invalid', port: 22 } });
    expect(outcome).to.include({ status: 'failure', failureReason: 'unreachable' });
    expect(job.message).to.contain('no-such-host.invalid');
  });

  it('a refused port ends as unreachable within seconds, and names it', async () => {
    const port = await freePort();
    const { outcome, job } = await submit({ server: { hostname: '127.0.0.1', port } });
    expect(outcome).to.include({ status: 'failure', failureReason: 'unreachable' });
    expect(job.message).to.contain(String(port));
  });

  it('a changed host key ends as host_key before a password is sent', async () => {
    const users = [{ username: 'ann', password: 'the password of ann' }];
    const first = await startSshServer({ users });
    const { port } = first;
    const there = { hostname: '127.0.0.1', port };
    const before = await submit({ server: there }, { username: 'ann', password: 'the password of ann' });
    await first.close();
    const second = await startSshServer({ users, port });
    const { outcome, job } = await submit(
      { server: there },
      { username: 'ann', password: 'the password of ann' },
    );
    expect(before.outcome.status).to.equal('success');
    expect(outcome).to.include({ status: 'failure', failureReason: 'host_key' });
    expect(job.message).to.contain('SHA256:');
    expect(second.signInCount).to.equal(0);
    await second.close();
  });

  it('a key that changes while the program runs ends the attempt, and says that it may still run', async () => {
    const users = [{ username: 'ann', password: 'the password of ann' }];
    const first = await startSshServer({ users });
    const { port } = first;
    const job = await makeJob(drs, {
      program: 'import time; print("begin"); time.sleep(3)',
      server: { hostname: '127.0.0.1', port },
    });
    const { finished } = await drs.submitJob(job.id, { username: 'ann', password: 'the password of ann' });
    await until(async () => (await drs.models.Log.count({ where: { jobId: job.id } })) > 0);
    await first.close();
    const second = await startSshServer({ users, port });
    expect(await finished()).to.include({ status: 'failure', failureReason: 'host_key' });
    await job.reload();
    expect(job.message).to.contain('What ran on 127.0.0.1 may still run.');
    await second.close();
  });

  it('an attempt that an earlier version started ends as lost, says so, and is not started again', async () => {
    const job = await makeJob(drs, { program: "open('../started-again', 'w')", server });
    const { username, password } = sshd.user;
    const { store, sequelize } = internalsOf(drs);
    await store.requests.submit({
      ...{ jobId: job.id, kind: 'run', isRemote: true, username, credential: { password } },
      ...{ logPolicy: 'live', timeoutMs: null, storeResults: null },
    });
    await sequelize.query(
      `UPDATE drs_attempts SET status = 'running', fence = 1, lease_until = now() + interval '1 second' WHERE job_id = ${job.id}`,
    );
    const { status, failureReason } = await waitForEnd(internalsOf(drs), { jobId: job.id, attempt: 1 });
    expect({ status, failureReason }).to.deep.equal({ status: 'failure', failureReason: 'lost' });
    expect((await job.reload()).message)
      .to.contain('earlier version')
      .and.to.contain('not started again');
    expect(existsSync(join(sshd.user.home, 'drs-test', 'started-again'))).to.be.false;
  });

  it('a server whose record was changed behind our back is sent no password', async () => {
    const job = await makeJob(drs, { program: 'print(1)', server });
    const { username, password } = sshd.user;
    const { store, sequelize } = internalsOf(drs);
    await store.requests.submit({
      ...{ jobId: job.id, kind: 'run', isRemote: true, username, credential: { password } },
      ...{ logPolicy: 'live', timeoutMs: null, storeResults: null },
    });
    await sequelize.query(`UPDATE drs_servers SET hostname = 'localhost' WHERE id = ${job.serverId}`);
    await drs.requeueJob(job.id);
    const outcome = await waitForEnd(internalsOf(drs), { jobId: job.id, attempt: 1 });
    expect(outcome).to.include({ status: 'failure', failureReason: 'auth' });
    expect((await job.reload()).message).to.contain('names another machine');
  });

  it('a job without any credential is refused when the app has no key', async () => {
    const job = await makeJob(drs, { program: '', server });
    const error: unknown = await drs.submitJob(job.id).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'credentials_missing', status: 400 });
  });

  it('a job that does not exist is refused', async () => {
    const error: unknown = await drs.submitJob(999_999).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'not_found', status: 404 });
  });

  it('an interpreter that is not among its server’s is refused at submit', async () => {
    const job = await makeJob(drs, { program: '', server });
    const its = await drs.models.Server.findByPk(job.serverId);
    await its?.setInterpreters([]);
    const error: unknown = await drs.submitJob(job.id, { password: 'x' }).catch((reason: unknown) => reason);
    expect(error).to.have.property('status', 400);
    expect(error).to.have.property('message').that.contains('is not available on');
  });

  it('a job that is running cannot be submitted a second time', async () => {
    const job = await makeJob(drs, { program: 'import time; time.sleep(30)', server });
    const { username, password } = sshd.user;
    const { finished } = await drs.submitJob(job.id, { username, password });
    const error: unknown = await drs
      .submitJob(job.id, { username, password })
      .catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'job_active', status: 409 });
    await drs.cancelJob(job.id);
    expect(await finished()).to.include({ status: 'cancelled' });
  });

  it('a title with characters of every Unicode plane is kept', async () => {
    const planes = Array.from({ length: 17 }, (_, plane) =>
      String.fromCodePoint(plane * 0x10000 + 0x1234),
    ).join('');
    const { outcome, job } = await submit({ title: planes });
    expect(outcome.status).to.equal('success');
    expect(job.title).to.equal(planes);
  });

  it('leaves no sealed credential behind', async () => {
    const [rows] = await internalsOf(drs).sequelize.query('SELECT count(*)::int AS left FROM drs_secrets');
    expect(rows).to.deep.equal([{ left: 0 }]);
  });
});
