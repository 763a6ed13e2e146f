import { expect } from 'chai';
import express from 'express';
import { drsRouter, local, type Transport } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { asker, identify } from '../http/support.js';
import { testInstance } from '../support/instance.js';
import { gate, shellJobs, type ShellJobs } from './support.js';

/** Reaches this machine under any name, and tells which of its functions were called for what. */
function pods(calls: string[]): Transport {
  const here = local();
  return {
    async acquire(target, options) {
      calls.push(`${target.username} to ${target.hostname}`);
      return here.acquire(target, options);
    },
    retire: ({ hostname }) => void calls.push(`retire ${hostname}`),
    async close() {
      calls.push('close');
      await here.close();
    },
  };
}

const pod = { hostname: 'pod-1', port: 22, user: { username: 'ann', password: 'secret' } };
const at = (transport: string, hostname = pod.hostname) => ({
  fixture: { server: { hostname, transport } },
});

describe('transports by name', () => {
  const calls: string[] = [];
  let jobs: ShellJobs;
  before(async () => {
    jobs = await shellJobs({ identify, transports: { pods: pods(calls), tunnel: pods([]) } });
  });
  beforeEach(() => void calls.splice(0));

  const send = (method: 'get' | 'post' | 'patch', path: string) =>
    asker(express().use('/drs', drsRouter(jobs.drs)))(method, path, 'admin');
  const make = async (body: object) =>
    (await send('post', '/servers').send({ title: 'Pod', hostname: 'pod', ...body })).body;

  it('reach the machines of the servers that name them, for all of an attempt', async () => {
    const seen = await jobs.run(pod, 'echo here; echo x >made', at('pods'));
    expect(seen).to.include({ status: 'success', stdout: 'here\n', starts: 1 });
    expect(seen.files).to.deep.equal(['made']);
    expect(new Set(calls)).to.deep.equal(new Set(['ann to pod-1']));
  });

  it('are chosen, changed and found by REST, and in the audit', async () => {
    const made = await make({ title: 'Chosen', transport: 'pods' });
    expect(made).to.include({ transport: 'pods' });
    expect(await make({})).to.include({ transport: 'ssh' });
    const { body: found } = await send('get', '/servers?transport=pods&title=Chosen').expect(200);
    expect(found.items.map(({ id }: { id: number }) => id)).to.deep.equal([made.id]);
    const { body: changed } = await send('patch', `/servers/${made.id}`).send({ transport: 'ssh' });
    expect(changed).to.include({ transport: 'ssh' });
    const [newest] = await internalsOf(jobs.drs).audit.ofServer({ id: made.id, ...made });
    expect(newest).to.include({ action: 'changed', detail: 'transport' });
  });

  it('that are not there are refused by name, and no server is this machine', async () => {
    const { id } = await make({});
    const wrong = await send('patch', `/servers/${id}`).send({ transport: 'podz' }).expect(400);
    const message = 'there is no transport podz here; known are ssh, pods, tunnel';
    expect(wrong.body.problems).to.deep.equal([{ path: 'transport', message }]);
    await send('patch', `/servers/${id}`).send({ transport: 'constructor' }).expect(400);
    const here = await send('patch', `/servers/${id}`).send({ transport: 'local' }).expect(400);
    expect(here.body.problems[0]).to.include({ path: 'transport' });
    expect(here.body.problems[0].message).to.contain('No server can have the transport local');
    const byModel = jobs.drs.models.Server.create({ title: 'x', hostname: 'x', transport: 'local' });
    expect(await byModel.catch(({ message }: Error) => message)).to.contain('transport local');
  });

  it('that go through no jump hosts are refused to a server behind one, and the other way round', async () => {
    const { id: bastion } = await make({});
    const direct = await make({ transport: 'pods' });
    const behind = await make({ proxyJump: bastion });
    const message =
      'The transport pods goes through no jump hosts: choose another transport, or no jump host.';
    const refuse = async (request: ReturnType<typeof send>, path: string) =>
      expect((await request.expect(400)).body.problems).to.deep.equal([{ path, message }]);
    const both = { title: 'Pod', hostname: 'pod', transport: 'pods', proxyJump: bastion };
    await refuse(send('post', '/servers').send(both), 'proxyJump');
    await refuse(send('patch', `/servers/${direct.id}`).send({ proxyJump: bastion }), 'proxyJump');
    await refuse(send('patch', `/servers/${behind.id}`).send({ transport: 'pods' }), 'transport');
    await send('patch', `/servers/${behind.id}`).send({ transport: 'pods', proxyJump: null }).expect(200);
  });

  it('are not asked for a machine behind a jump host that somebody gave it by hand', async () => {
    const { id: bastion } = await make({});
    const fixture = { server: { hostname: 'inner', transport: 'pods', proxyJump: bastion } };
    const { noted } = await jobs.submit(pod, 'true', { fixture });
    expect(await noted('goes through no jump hosts')).to.contain('Trying again');
    expect(calls).to.deep.equal([]);
  });

  it('stay while attempts are under way there', async () => {
    const { wait, open } = await gate();
    const { job, printed, seen } = await jobs.submit(pod, `echo begun; ${wait}`, at('pods'));
    await printed('begun');
    const refused = await send('patch', `/servers/${job.serverId}`).send({ transport: 'ssh' }).expect(409);
    expect(refused.body).to.include({ code: 'server_in_use' });
    await open();
    expect(await seen()).to.include({ status: 'success' });
    await send('patch', `/servers/${job.serverId}`).send({ transport: 'ssh' }).expect(200);
  });

  it('that were changed behind our back get nothing of an attempt that has not begun', async () => {
    const { job, noted, seen } = await jobs.submit(pod, 'true', at('podz'));
    await noted('wants the transport podz');
    const sql = `UPDATE drs_servers SET transport = 'pods' WHERE id = ${job.serverId}`;
    await internalsOf(jobs.drs).sequelize.query(sql);
    const { failureReason, message } = await seen();
    expect(failureReason).to.equal('auth');
    expect(message).to.contain('another way');
    expect(calls).to.deep.equal([]);
  });

  it('are tried by the test of a connection, which leaves out what they cannot tell', async () => {
    const { id } = await make({ transport: 'pods' });
    const report = await jobs.drs.servers.testConnection(id, { username: 'ann', password: 'secret' });
    expect(report.steps.map(({ name }) => name)).to.deep.equal([
      ...['address', 'hostKey', 'signIn', 'shell', 'commands', 'directory', 'scheduler'],
    ]);
    expect(report.isOk).to.equal(true);
    expect(report.steps[1]?.message).to.equal('this transport shows none');
    await jobs.drs.models.Server.update({ transport: 'podz' }, { where: { id } });
    const { steps } = await jobs.drs.servers.testConnection(id, { username: 'ann', password: 'secret' });
    expect(steps).to.have.length(1);
    expect(steps[0]).to.include({ name: 'address', isOk: false });
    expect(steps[0]?.message).to.contain('There is no transport podz here');
  });

  it('that the worker does not have are told in words while it tries again', async () => {
    const { noted } = await jobs.submit(pod, 'true', at('podz'));
    expect(await noted('wants the transport podz')).to.contain('Trying again');
  });

  it('hear of machines whose connections are stale', async () => {
    const { id } = await make({ transport: 'pods', hostname: 'stale' });
    await send('patch', `/servers/${id}`).send({ legacyAlgorithms: true }).expect(200);
    expect(calls).to.include('retire stale');
  });

  it('are all closed with the instance', async () => {
    const drs = await testInstance({ transports: { pods: pods(calls), local: pods(calls) } });
    await drs.close();
    expect(calls).to.deep.equal(['close', 'close']);
  });
});
