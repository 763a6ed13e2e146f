import { expect } from 'chai';
import express from 'express';
import { direct, drsRouter, type Scheduler } from '../../lib/index.js';
import { asker, identify } from '../http/support.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { gate, shellJobs, type ShellJobs } from './support.js';

/** Runs what the direct scheduler runs, and says so. */
function batch(ran: string[]): Scheduler {
  const scheduler = direct();
  return {
    ...scheduler,
    run(session, plan, follower) {
      ran.push(plan.name);
      return scheduler.run(session, plan, follower);
    },
    trySystem: async () => 'version 1 answers',
  };
}

describe('schedulers by name', () => {
  const ran: string[] = [];
  let jobs: ShellJobs;
  let sshd: Sshd;
  before(async () => {
    jobs = await shellJobs({ identify, schedulers: { batch: batch(ran) } });
    sshd = await startSshd();
  });

  const send = (method: 'get' | 'post' | 'patch', path: string) =>
    asker(express().use('/drs', drsRouter(jobs.drs)))(method, path, 'admin');
  const at = (scheduler: string) => ({
    fixture: { server: { hostname: sshd.hostname, port: sshd.port, scheduler } },
  });

  it('start the jobs of the servers that name them, and no others', async () => {
    const named = await jobs.submit(sshd, 'echo named', at('batch'));
    expect(await named.seen()).to.include({ status: 'success', stdout: 'named\n', starts: 1 });
    expect(ran).to.deep.equal([`${named.job.uuid}-1`]);
    const plain = await jobs.run(sshd, 'echo plain', at('direct'));
    expect(plain).to.include({ status: 'success', stdout: 'plain\n' });
    expect(ran).to.have.length(1);
  });

  it('are chosen, changed and found by REST, in the audit, and no unknown name is taken', async () => {
    const body = { title: 'Cluster', hostname: 'cluster', scheduler: 'batch' };
    const { body: made } = await send('post', '/servers').send(body).expect(201);
    expect(made).to.include({ scheduler: 'batch' });
    const { body: found } = await send('get', '/servers?scheduler=batch&title=Cluster').expect(200);
    expect(found.items.map(({ id }: { id: number }) => id)).to.deep.equal([made.id]);
    const wrong = await send('patch', `/servers/${made.id}`).send({ scheduler: 'pbs' }).expect(400);
    expect(wrong.body.problems).to.deep.equal([
      { path: 'scheduler', message: 'there is no scheduler pbs here; known are direct, batch' },
    ]);
    await send('patch', `/servers/${made.id}`).send({ scheduler: 'constructor' }).expect(400);
    const { body: changed } = await send('patch', `/servers/${made.id}`).send({ scheduler: 'direct' });
    expect(changed).to.include({ scheduler: 'direct' });
    const { body: plain } = await send('post', '/servers').send({ title: 'Plain', hostname: 'plain' });
    expect(plain).to.include({ scheduler: 'direct' });
  });

  it('stay while attempts are under way there', async () => {
    const { wait, open } = await gate();
    const { job, printed, seen } = await jobs.submit(sshd, `echo begun; ${wait}`, at('batch'));
    await printed('begun');
    const refused = await send('patch', `/servers/${job.serverId}`).send({ scheduler: 'direct' }).expect(409);
    expect(refused.body).to.include({ code: 'server_in_use' });
    await open();
    expect(await seen()).to.include({ status: 'success' });
    await send('patch', `/servers/${job.serverId}`).send({ scheduler: 'direct' }).expect(200);
  });

  it('are named by the test of a connection, also where there is none of this name', async () => {
    const { username, password } = sshd.user;
    const { job, seen } = await jobs.submit(sshd, 'true', at('batch'));
    await seen();
    const schedulerStep = async () =>
      (await jobs.drs.servers.testConnection(job.serverId, { username, password })).steps.at(-1);
    expect(await schedulerStep()).to.include({
      name: 'scheduler',
      isOk: true,
      message: 'batch: version 1 answers',
    });
    await jobs.drs.models.Server.update({ scheduler: 'pbs' }, { where: { id: job.serverId } });
    const gone = await schedulerStep();
    expect(gone).to.include({ name: 'scheduler', isOk: false });
    expect(gone?.message).to.contain('There is no scheduler pbs here');
  });

  it('that the worker does not have are told in words while it tries again', async () => {
    const { noted } = await jobs.submit(sshd, 'true', at('pbs'));
    expect(await noted('wants the scheduler pbs')).to.contain('Trying again');
  });
});
