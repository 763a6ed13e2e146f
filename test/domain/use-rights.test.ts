import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import {
  defaultAuthorize,
  type RemoteSubmission,
  type RemoteSubmissionOptions,
  type User,
} from '../../lib/index.js';
import { startSshServer, type SshServer } from '../../lib/testing/ssh-server.js';
import { makeInstance, scientist, serve } from '../admin/support/panel-app.js';
import { atEnd } from '../support/cleanup.js';
import { testInstance } from '../support/instance.js';
import { until } from '../worker/support.js';
import { admin, ann, bob, codeOf, makeServer } from './support.js';

const password = 'the password of ann';
const program = 'touch begun; while [ ! -e stop ]; do sleep 0.05; done\n';
const remoteDirectory = '~/job';

/** Refuses the named actions, and is told each that was asked. */
class Rules {
  readonly refused = new Set<string>();
  readonly asked: string[] = [];
  /** Called after each answer. */
  onAsked: (action: string) => void = () => undefined;

  readonly authorize: NonNullable<RemoteSubmissionOptions['authorize']> = (user, action, record) => {
    this.asked.push(action);
    const isAllowed = !this.refused.has(action) && defaultAuthorize(user, action, record);
    this.onAsked(action);
    return isAllowed;
  };
}

describe('the rights to use a server and an interpreter', () => {
  let rules: Rules;
  let drs: RemoteSubmission;
  let target: { serverId: number; interpreterId: number };
  const input = () => ({ title: 'A job', program, remoteDirectory, ...target });
  const uses = ['server:use', 'interpreter:use'] as const;

  beforeEach(async () => {
    rules = new Rules();
    drs = await testInstance({ authorize: rules.authorize });
    target = await makeServer(drs);
  });

  for (const use of uses) {
    it(`are asked when a job is made: ${use}`, async () => {
      rules.refused.add(use);
      expect(await codeOf(drs.jobs.create(input(), { as: ann }))).to.equal('forbidden');
      expect(await drs.models.Job.count()).to.equal(0);
      expect(await codeOf(drs.jobs.create({ ...input(), owner: '1', ownerUsername: 'ann' }))).to.equal(
        'done',
      );
    });

    it(`are asked when a job is given another server or interpreter, and not for what stays: ${use}`, async () => {
      const { id } = await drs.jobs.create(input(), { as: ann });
      const other = await makeServer(drs);
      rules.refused.add(use);
      expect(await codeOf(drs.jobs.update(id, other, { as: ann }))).to.equal('forbidden');
      expect(await codeOf(drs.jobs.update(id, { ...input(), title: 'New' }, { as: ann }))).to.equal('done');
      expect(await drs.jobs.get(id)).to.include({ title: 'New', serverId: target.serverId });
    });

    it(`are asked at submit, copy and retry, and make no attempt: ${use}`, async () => {
      const { id } = await drs.jobs.create(input(), { as: ann });
      await drs.submitJob(id, { as: ann, password });
      await drs.cancelJob(id);
      rules.refused.add(use);
      for (const call of [drs.submitJob, drs.copyJob, drs.retryJob]) {
        expect(await codeOf(call(id, { as: ann, password }))).to.equal('forbidden');
      }
      expect(await drs.jobs.get(id)).to.include({ attempt: 1 });
      expect((await drs.jobs.get(id, { as: ann })).allowed).to.include({
        submit: false,
        copy: false,
        cancel: true,
      });
    });
  }

  it('answer what may not be seen as if it were not there', async () => {
    const { id } = await drs.jobs.create(input(), { as: ann });
    for (const action of ['server:use', 'server:read']) rules.refused.add(action);
    expect(await codeOf(drs.submitJob(id, { as: ann, password }))).to.equal('not_found');
    expect(await codeOf(drs.jobs.create(input(), { as: ann }))).to.equal('invalid_input');
  });

  it('are those of `allowedUsers` by the default rules', async () => {
    const plain = await testInstance();
    const { serverId, interpreterId } = await makeServer(plain);
    const { id } = await plain.jobs.create({ ...input(), serverId, interpreterId }, { as: bob });
    await plain.servers.update(serverId, { allowedUsers: [ann.id, 7] });
    expect(await codeOf(plain.submitJob(id, { as: bob, password }))).to.equal('forbidden');
    expect(await codeOf(plain.submitJob(id, { as: admin, username: 'bob', password }))).to.equal('done');
    for (const as of [ann, { id: 7, username: 'seven' }, admin]) {
      const made = plain.jobs.create({ ...input(), serverId, interpreterId }, { as });
      expect(await codeOf(made), as.username).to.equal('done');
    }
  });
});

describe('the right to use a jump host', () => {
  /** A server that is reached through another one, which is reached through a first one. */
  async function behind(drs: RemoteSubmission) {
    const first = await drs.servers.create({ title: 'First', hostname: 'first' });
    const next = await drs.servers.create({ title: 'Next', hostname: 'next', proxyJump: first.id });
    const target = await makeServer(drs);
    await drs.servers.update(target.serverId, { proxyJump: next.id });
    return { first, next, target, input: { title: 'A job', program, ...target } };
  }

  it('is asked wherever that to the server is asked, of each of them', async () => {
    const drs = await testInstance();
    const { first, next, target, input } = await behind(drs);
    const direct = { ...input, ...(await makeServer(drs)) };
    const { id } = await drs.jobs.create(input, { as: ann });
    const other = await drs.jobs.create(direct, { as: ann });
    await drs.submitJob(id, { as: ann, password });
    await drs.cancelJob(id);
    for (const hop of [first, next]) {
      await drs.servers.update(hop.id, { allowedUsers: [bob.id] });
      const asked = [
        () => drs.jobs.create(input, { as: ann }),
        () => drs.jobs.update(other.id, target, { as: ann }),
        () => drs.submitJob(id, { as: ann, password }),
        () => drs.copyJob(id, { as: ann, password }),
        () => drs.retryJob(id, { as: ann, password }),
      ];
      for (const ask of asked) expect(await codeOf(ask()), String(ask)).to.equal('forbidden');
      const { allowed } = await drs.jobs.get(id, { as: ann });
      expect(allowed).to.include({ submit: false, copy: false, cancel: true });
      expect(await codeOf(drs.jobs.create(input, { as: bob }))).to.equal('done');
      await drs.servers.update(hop.id, { allowedUsers: null });
    }
    expect(await codeOf(drs.submitJob(id, { as: ann, password }))).to.equal('done');
  });

  it('is asked once more by a worker with rules of its own', async () => {
    const drs = await testInstance({ authorize: defaultAuthorize });
    const { first, input } = await behind(drs);
    const { id } = await drs.jobs.create(input, { as: ann });
    const { finished } = await drs.submitJob(id, { as: ann, password });
    await drs.servers.update(first.id, { allowedUsers: [] });
    await drs.work();
    const { failureReason, message } = await finished();
    expect(failureReason).to.equal('rejected');
    expect(message).to.contain('ann, who submitted it, may not use the server "Here", what that is reached');
  });
});

describe('what may not be read', () => {
  it('may not be used either, whatever the rules say of that', async () => {
    const rules = new Rules();
    const drs = await testInstance({ authorize: rules.authorize });
    const input = { title: 'A job', program, ...(await makeServer(drs)) };
    const { id } = await drs.jobs.create(input, { as: ann });
    for (const action of ['server:read', 'interpreter:read']) {
      rules.refused.add(action);
      expect(await codeOf(drs.submitJob(id, { as: ann, password })), action).to.equal('not_found');
      expect((await drs.jobs.get(id, { as: ann })).allowed).to.include({ submit: false, copy: false });
      rules.refused.clear();
    }
  });

  it('does not show through a job that uses it, by any door', async () => {
    const drs = await makeInstance({
      authorize: (user, action, record) =>
        action === 'panel:enter' ||
        (!/^(server|interpreter):read$/.test(action) && defaultAuthorize(user, action, record)),
    });
    const url = await serve(drs);
    const { serverId, interpreterId } = await makeServer(drs);
    const input = { title: 'A job', program, serverId, interpreterId };
    const owned = { owner: String(scientist.id), ownerUsername: scientist.username };
    const { id } = await drs.jobs.create({ ...input, ...owned });
    await drs.submitJob(id, { password });
    const get = async (path: string) =>
      (await request(url).get(path).set('x-user', scientist.username).expect(200)).text;
    const shown = { server: { id: serverId, title: null }, interpreter: { id: interpreterId, name: null } };
    expect(JSON.parse(await get(`/drs/jobs/${id}`))).to.deep.include({ ...shown, serverId });
    expect(JSON.parse(await get('/drs/jobs')).items[0]).to.deep.include(shown);
    expect(await get('/admin/api/dashboard')).to.contain(`"Server ${serverId}"`);
    const live = await get(`/admin/api/resources/drs-jobs/actions/live?job=${id}`);
    expect(JSON.parse(live).job).to.include({ server: `Server ${serverId}` });
    const paths = [
      `/drs/ui/jobs/${id}`,
      '/admin/api/dashboard',
      '/admin/api/resources/drs-jobs/actions/list',
    ];
    for (const text of [live, ...(await Promise.all(paths.map(get)))]) {
      expect(text).not.to.match(/"Here|Here &lt;|>Here|Shell/);
    }
  });
});

describe('a right that is taken away', () => {
  let server: SshServer;
  before(async () => {
    server = await startSshServer({ users: [{ username: 'ann', password }] });
    atEnd(() => server.close());
  });

  /** An attempt of ann's that waits for a worker. */
  async function submitted(options: Partial<RemoteSubmissionOptions>, directory: string) {
    const drs = await testInstance(options);
    const { id: interpreterId } = await drs.interpreters.create({ name: 'Shell', path: '/bin/sh' });
    const { hostname, port } = server;
    const { id: serverId } = await drs.servers.create({
      title: 'There',
      hostname,
      port,
      interpreterIds: [interpreterId],
    });
    const input = { title: 'A job', program, remoteDirectory: `~/${directory}`, serverId, interpreterId };
    const { id } = await drs.jobs.create(input, { as: ann });
    const { finished } = await drs.submitJob(id, { as: ann, password });
    const inHome = (name: string): string => join(server.homeOf('ann'), directory, name);
    return { drs, id, finished, inHome };
  }

  it('before a worker takes the attempt ends it as rejected, before anybody signs in', async () => {
    const rules = new Rules();
    const { drs, finished } = await submitted({ authorize: rules.authorize }, 'before');
    const signIns = server.signInCount;
    rules.refused.add('server:use');
    await drs.work();
    const { status, failureReason, message } = await finished();
    expect({ status, failureReason }).to.deep.equal({ status: 'failure', failureReason: 'rejected' });
    expect(message).to.contain('ann, who submitted it, may not use the server "There"');
    expect(server.signInCount).to.equal(signIns);
  });

  it('after the sign-in, and before the start, ends it as rejected, and nothing ran', async () => {
    const rules = new Rules();
    const { drs, finished, inHome } = await submitted({ authorize: rules.authorize }, 'between');
    rules.onAsked = (action) => void (action === 'interpreter:use' && rules.refused.add(action));
    await drs.work();
    expect(await finished()).to.include({ status: 'failure', failureReason: 'rejected' });
    expect(existsSync(inHome('begun'))).to.equal(false);
  });

  it('after the start leaves the program running', async () => {
    const rules = new Rules();
    const { drs, finished, inHome } = await submitted({ authorize: rules.authorize }, 'after');
    await drs.work();
    await until(async () => existsSync(inHome('begun')));
    for (const use of ['server:use', 'interpreter:use']) rules.refused.add(use);
    await drs.runJob((await stopper(drs)).id, { remote: false });
    expect(await finished()).to.include({ status: 'success' });
  });

  /** A job of host code, whose rights nobody asks, that ends the other one. */
  async function stopper(drs: RemoteSubmission) {
    const folder = join(server.homeOf('ann'), 'after');
    const { serverId, interpreterId } = await makeServer(drs);
    const owner = { owner: '1', ownerUsername: 'ann' };
    return drs.jobs.create({
      title: 'Stop',
      program: `touch '${folder}/stop'\n`,
      serverId,
      interpreterId,
      ...owner,
    });
  }

  it('with the whole person, of whom the host knows nothing any more, ends it as rejected', async () => {
    let known: User | null = ann;
    const options = { authorize: defaultAuthorize, resolveUser: () => known };
    const { drs, finished } = await submitted(options, 'gone');
    known = null;
    await drs.work();
    const { failureReason, message } = await finished();
    expect(failureReason).to.equal('rejected');
    expect(message).to.contain('is not known any more');
  });

  it('is not asked for by a worker without rules of its own, which relies on the submit', async () => {
    const { drs, id, finished, inHome } = await submitted({}, 'plain');
    const { serverId } = await drs.jobs.get(id);
    await drs.servers.update(serverId, { allowedUsers: [] });
    await drs.work();
    await until(async () => existsSync(inHome('begun')));
    await drs.cancelJob(id);
    expect(await finished()).to.include({ status: 'cancelled' });
  });
});

describe('the right to use a server, by every door', () => {
  it('is asked of whoever makes a job, submits it, or runs it again', async () => {
    const drs = await makeInstance({
      authorize: (user, action, record) => action === 'panel:enter' || defaultAuthorize(user, action, record),
    });
    const url = await serve(drs);
    const target = await makeServer(drs);
    const input = { title: 'A job', program, ...target };
    const { id } = await drs.jobs.create(input, { as: scientist });
    await drs.submitJob(id, { as: scientist, password });
    await drs.cancelJob(id);
    await drs.servers.update(target.serverId, { allowedUsers: [] });
    const post = (path: string) => request(url).post(path).set('x-user', scientist.username);
    const act = (path: string) => post(`/admin/api/resources/drs-jobs/${path}`);
    expect((await post('/drs/jobs').send(input)).body).to.include({ status: 403, code: 'forbidden' });
    for (const action of ['submit', 'copy', 'retry']) {
      const { body } = await post(`/drs/jobs/${id}/${action}`).send({ password });
      expect(body, action).to.include({ status: 403, code: 'forbidden' });
      const { body: said } = await act(`records/${id}/${action}`).field('password', password);
      expect(said.outcomes[0].message, action).to.contain('You may not do this (server:use)');
    }
    await act('actions/new').field({ title: 'Of the panel', program, ...target });
    expect(await drs.models.Job.count()).to.equal(1);
    expect(await drs.jobs.get(id)).to.include({ attempt: 1 });
  });
});
