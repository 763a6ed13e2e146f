import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { direct } from '../../lib/schedulers/direct.js';
import type { Scheduler, Workspace } from '../../lib/schedulers/scheduler.js';
import { Runner } from '../../lib/worker/runner.js';
import { workerDependenciesOf } from '../chaos/support/worker-dependencies.js';
import { makeJob, testInstance } from '../support/instance.js';
import { startSshd, type Sshd } from '../support/sshd.js';

/** The direct scheduler, which does something else with its files. */
function directWith(workspace: Partial<Workspace>): Record<string, Scheduler> {
  const scheduler = direct();
  return { direct: { ...scheduler, workspace: { ...scheduler.workspace, ...workspace } } };
}

describe('after its end, an attempt', () => {
  let drs: RemoteSubmission;
  let sshd: Sshd;
  before(async () => {
    drs = await testInstance();
    sshd = await startSshd();
  });

  const makeJobHere = (program: string) =>
    makeJob(drs, { program, server: { hostname: sshd.hostname, port: sshd.port } });

  const signIn = () => ({ username: sshd.user.username, password: sshd.user.password });

  const left = async ({ uuid }: { uuid: string }) =>
    (await readdir(join(sshd.user.home, '.drs', `${uuid}-1`))).sort();

  const countRemains = async () => {
    const { sequelize } = internalsOf(drs);
    const [rows] = await sequelize.query('SELECT 1 FROM drs_attempts WHERE has_remains');
    return rows.length;
  };

  const untilClean = async () => {
    while ((await countRemains()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('leaves nothing on its server but the decision and how it ended', async () => {
    const worker = await drs.work();
    const job = await makeJobHere("print('x' * 100_000); open('result', 'w').write('kept')");
    const { finished } = await drs.submitJob(job.id, signIn());
    const { results } = await finished();
    await untilClean();
    await worker.stop();
    expect(await left(job)).to.deep.equal(['begun', 'exit']);
    expect(Object.keys(results)).to.deep.equal(['result']);
  });

  it('is cleaned up before the worker has stopped', async () => {
    const job = await makeJobHere('print(1)');
    const worker = await drs.work();
    const { finished } = await drs.submitJob(job.id, signIn());
    await finished();
    await worker.stop();
    expect(await countRemains()).to.equal(0);
  });

  it('stays as it ended when the cleaning fails', async () => {
    const deps = workerDependenciesOf(drs);
    const job = await makeJobHere('print(1)');
    const { finished } = await drs.submitJob(job.id, signIn());
    const clean = async () => {
      throw new Error('The disk has gone away.');
    };
    const runner = new Runner({ ...deps, schedulers: directWith({ clean }) });
    await runner.run({ jobId: job.id, attempt: 1 });
    await runner.stop();
    expect(await finished()).to.include({ status: 'success' });
    expect(await countRemains()).to.equal(1);
  });

  it('is cleaned up by whoever comes next to the account, when its worker died before', async () => {
    const deps = workerDependenciesOf(drs);
    const forgotten = await makeJobHere('print(1)');
    await drs.submitJob(forgotten.id, signIn());
    const dead = new Runner({ ...deps, schedulers: directWith({ clean: async () => [] }) });
    await dead.run({ jobId: forgotten.id, attempt: 1 });
    await dead.stop();
    expect(await left(forgotten)).to.include('out');
    await internalsOf(drs).sequelize.query(
      "UPDATE drs_attempts SET finished_at = now() - interval '2 minutes'",
    );
    const server = await drs.models.Server.findByPk(forgotten.serverId, { rejectOnEmpty: true });
    const [interpreter] = await server.getInterpreters();
    const { title, program, remoteDirectory, remoteFilename, owner, ownerUsername } = forgotten;
    const next = await drs.models.Job.create({
      ...{ title, program, remoteDirectory, remoteFilename, owner, ownerUsername },
      ...{ serverId: server.id, interpreterId: interpreter?.id ?? 0 },
    });
    await drs.submitJob(next.id, signIn());
    const runner = new Runner(deps);
    await runner.run({ jobId: next.id, attempt: 1 });
    await runner.stop();
    expect(await left(forgotten)).to.deep.equal(['begun', 'exit']);
  });

  it('is gone from its server a day later', async () => {
    const job = await makeJobHere('print(1)');
    const worker = await drs.work();
    await (await drs.submitJob(job.id, signIn())).finished();
    await worker.stop();
    expect(await left(job)).to.deep.equal(['begun', 'exit']);
    const { sequelize } = internalsOf(drs);
    await sequelize.query("UPDATE drs_attempts SET finished_at = now() - interval '25 hours'");
    const next = await drs.work();
    await (await drs.submitJob(job.id, signIn())).finished();
    await next.stop();
    const names = await readdir(join(sshd.user.home, '.drs'));
    expect(names).not.to.include(`${job.uuid}-1`);
    expect(names).to.include(`${job.uuid}-2`);
  });
});
