import { expect } from 'chai';
import { submissionSchema } from '../../lib/protocol/schemas/attempt-schemas.js';
import { interpreterSchema } from '../../lib/protocol/schemas/interpreter-schemas.js';
import { jobSchema } from '../../lib/protocol/schemas/job-schemas.js';
import { serverSchema } from '../../lib/protocol/schemas/server-schemas.js';
import type { RemoteSubmission, User } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { ask, instance, jobOf, sharedInstance, TestAttempt, type Ask } from './support.js';

describe('the routes of records', () => {
  let drs: RemoteSubmission;
  let send: Ask;

  before(async () => {
    drs = await sharedInstance();
    send = await ask(drs);
  });

  async function addInterpreter(name = 'Python 3'): Promise<number> {
    const { body } = await send('post', '/interpreters', 'admin').send({ name, path: '/usr/bin/python3' });
    return body.id as number;
  }

  async function addServer(interpreterIds: number[]): Promise<number> {
    const { body } = await send('post', '/servers', 'admin').send({
      title: 'S',
      hostname: 'host',
      interpreterIds,
    });
    return body.id as number;
  }

  async function jobBody() {
    const interpreterId = await addInterpreter();
    const serverId = await addServer([interpreterId]);
    const files = { remoteDirectory: '~/jobs/{job}', remoteFilename: 'p.py' };
    return { title: 'Job', program: 'print(1)\n', ...files, serverId, interpreterId };
  }

  it('add, change and delete an interpreter', async () => {
    const given = { name: 'Python 3', path: '/usr/bin/python3', arguments: ['-u'] };
    const made = await send('post', '/interpreters', 'admin').send(given);
    expect(made.status).to.equal(201);
    expect(made.headers.location).to.equal(`/drs/interpreters/${made.body.id}`);
    expect(interpreterSchema.strict().parse(made.body)).to.include({ name: 'Python 3' });
    const path = `/interpreters/${made.body.id}`;
    const changed = await send('patch', path, 'admin').send({ arguments: [] });
    expect(changed.body).to.deep.equal({ ...given, id: made.body.id, arguments: [] });
    expect((await send('delete', path, 'admin')).status).to.equal(204);
    expect((await send('get', path, 'admin')).status).to.equal(404);
  });

  it('add and change a server with its interpreters', async () => {
    const ids = [await addInterpreter('A'), await addInterpreter('B')];
    const given = { title: 'Cluster', hostname: 'cluster.example', port: 2222, interpreterIds: ids };
    const made = await send('post', '/servers', 'admin').send(given);
    expect(made.status).to.equal(201);
    expect(serverSchema.strict().parse(made.body)).to.deep.include({ ...given, hostKey: null });
    expect(made.body.interpreters).to.deep.equal([
      { id: ids[0], name: 'A', path: '/usr/bin/python3' },
      { id: ids[1], name: 'B', path: '/usr/bin/python3' },
    ]);
    const changed = await send('patch', `/servers/${made.body.id}`, 'admin').send({
      interpreterIds: [ids[1], ids[1]],
    });
    expect(changed.body).to.deep.include({ title: 'Cluster', interpreterIds: [ids[1]] });
  });

  it('show the control directory of a server to administrators alone, and do not filter by it', async () => {
    const given = { title: 'S', hostname: 'host', controlDirectory: '/scratch/drs' };
    const made = await send('post', '/servers', 'admin').send(given);
    expect(serverSchema.strict().parse(made.body)).to.include({ controlDirectory: '/scratch/drs' });
    const path = `/servers/${made.body.id}`;
    expect((await send('get', path, 'admin')).body).to.include({ controlDirectory: '/scratch/drs' });
    expect((await send('get', path, 'ann')).body).not.to.have.property('controlDirectory');
    const { body: list } = await send('get', '/servers', 'ann');
    expect(JSON.stringify(list)).not.to.contain('scratch');
    expect((await send('get', '/servers?controlDirectory=/scratch/drs', 'admin')).status).to.equal(400);
    const wrong = await send('patch', path, 'admin').send({ controlDirectory: 'drs' });
    expect(wrong.body.problems[0]).to.have.property('path', 'controlDirectory');
    const cleared = await send('patch', path, 'admin').send({ controlDirectory: null });
    expect(cleared.body).to.include({ controlDirectory: null });
    const [event] = await internalsOf(drs).audit.ofServer({ id: made.body.id, hostname: 'host', port: 22 });
    expect(event).to.include({ action: 'changed', detail: 'controlDirectory' });
  });

  it('let administrators say who may run jobs on a server, and by which names', async () => {
    const made = await send('post', '/servers', 'admin').send({ title: 'Shared', hostname: 'shared' });
    expect(serverSchema.strict().parse(made.body)).to.include({ allowedUsers: null, usernames: 'any' });
    const path = `/servers/${made.body.id}`;
    const given = { allowedUsers: ['id-of-ann', 7, '7'], usernames: 'own' };
    expect((await send('patch', path, 'ann').send(given)).status).to.equal(403);
    const changed = await send('patch', path, 'admin').send(given);
    expect(changed.body).to.deep.include({ allowedUsers: ['id-of-ann', '7'], usernames: 'own' });
    const seen = await send('get', path, 'ann');
    expect(seen.body).to.include({ usernames: 'own' }).and.not.to.have.property('allowedUsers');
    const { body: list, text } = await send('get', '/servers?limit=100&usernames=own', 'ann');
    expect(list.items.map(({ title }: { title: string }) => title)).to.deep.equal(['Shared']);
    expect(text).not.to.contain('allowedUsers');
    expect((await send('get', '/servers?allowedUsers=7', 'admin')).status).to.equal(400);
    for (const wrong of [{ usernames: 'some' }, { allowedUsers: 'ann' }, { allowedUsers: [''] }]) {
      const { status, body } = await send('patch', path, 'admin').send(wrong);
      expect([status, body.problems[0].path.split('.')[0]]).to.deep.equal([400, Object.keys(wrong)[0]]);
    }
    const [event] = await internalsOf(drs).audit.ofServer({ id: made.body.id, hostname: 'shared', port: 22 });
    expect(event).to.include({ action: 'changed', detail: 'allowedUsers, usernames' });
    expect((await send('patch', path, 'admin').send({ allowedUsers: null })).body.allowedUsers).to.equal(
      null,
    );
  });

  it('show whether a server may choose old algorithms, filter by it, and the audit tells which way it went', async () => {
    const made = await send('post', '/servers', 'admin').send({ title: 'Plain', hostname: 'plain' });
    expect(serverSchema.strict().parse(made.body)).to.include({ legacyAlgorithms: false });
    const path = `/servers/${made.body.id}`;
    expect((await send('patch', path, 'ann').send({ legacyAlgorithms: true })).status).to.equal(403);
    expect((await send('patch', path, 'admin').send({ legacyAlgorithms: 'true' })).status).to.equal(400);
    const changed = await send('patch', path, 'admin').send({ legacyAlgorithms: true });
    expect(changed.body).to.include({ legacyAlgorithms: true });
    expect((await send('get', path, 'ann')).body).to.include({ legacyAlgorithms: true });
    const titles = async (query: string) => {
      const { body } = await send('get', `/servers?limit=100&${query}`, 'ann');
      return body.items.map(({ title }: { title: string }) => title);
    };
    expect(await titles('legacyAlgorithms=true')).to.deep.equal(['Plain']);
    expect(await titles('legacyAlgorithms=false')).not.to.include('Plain');
    expect((await send('get', '/servers?legacyAlgorithms=yes', 'ann')).status).to.equal(400);
    await send('patch', path, 'admin').send({ legacyAlgorithms: false });
    const events = await internalsOf(drs).audit.ofServer({ id: made.body.id, hostname: 'plain', port: 22 });
    expect(events.map(({ action, detail }) => [action, detail])).to.deep.equal([
      ['changed', 'legacyAlgorithms'],
      ['legacy_algorithms_forbidden', 'Plain'],
      ['changed', 'legacyAlgorithms'],
      ['legacy_algorithms_allowed', 'Plain'],
      ['created', 'Plain'],
    ]);
  });

  it('give a server a jump host, find those behind it, and keep it as long as it is one', async () => {
    const gate = await addServer([]);
    const given = { title: 'Behind', hostname: 'inner', proxyJump: gate };
    const made = await send('post', '/servers', 'admin').send(given);
    expect(serverSchema.strict().parse(made.body)).to.include({ proxyJump: gate });
    const path = `/servers/${made.body.id}`;
    expect((await send('get', path, 'ann')).body).to.include({ proxyJump: gate });
    const { body: list } = await send('get', `/servers?proxyJump=${gate}`, 'ann');
    expect(list.items.map(({ id }: { id: number }) => id)).to.deep.equal([made.body.id]);
    const kept = await send('delete', `/servers/${gate}`, 'admin');
    expect(kept.body).to.include({ status: 409, code: 'in_use' });
    expect(kept.body.detail).to.contain('is the jump host of “Behind”. Change or delete these first.');
    const cleared = await send('patch', path, 'admin').send({ proxyJump: null });
    expect(cleared.body).to.include({ proxyJump: null });
    const [event] = await internalsOf(drs).audit.ofServer({ id: made.body.id, hostname: 'inner', port: 22 });
    expect(event).to.include({ action: 'changed', detail: 'proxyJump' });
    expect((await send('delete', `/servers/${gate}`, 'admin')).status).to.equal(204);
  });

  it('refuse a jump host that is not there or leads back, and name the field', async () => {
    const gate = await addServer([]);
    const { body: behind } = await send('post', '/servers', 'admin').send({
      ...{ title: 'Behind', hostname: 'inner', proxyJump: gate },
    });
    const words: [unknown, RegExp][] = [
      [behind.id, /“Behind” is itself reached through this server/],
      [gate, /no jump host of its own/],
      [2_000_000_000, /There is no server 2000000000/],
      ['near', /./],
    ];
    for (const [proxyJump, message] of words) {
      const { status, body } = await send('patch', `/servers/${gate}`, 'admin').send({ proxyJump });
      expect([status, body.code, body.problems[0].path]).to.deep.equal([400, 'invalid_input', 'proxyJump']);
      expect(body.problems[0].message).to.match(message);
    }
  });

  it('keep the address of a jump host while attempts are under way behind it', async () => {
    const job = await jobOf(drs);
    const gate = await addServer([]);
    await send('patch', `/servers/${job.serverId}`, 'admin').send({ proxyJump: gate });
    await TestAttempt.start(drs, job.id);
    const { status, body } = await send('patch', `/servers/${gate}`, 'admin').send({ port: 2222 });
    expect([status, body.code]).to.deep.equal([409, 'server_in_use']);
    expect(body.detail).to.contain('“Test server”, which is reached through this server');
    const explained = (await send('get', `/jobs/${job.id}/explanation`, 'admin')).body;
    expect(explained.via).to.have.length(1);
    expect(explained.summary).to.contain(' through ');
  });

  it('keep the address of a server while attempts are under way there', async () => {
    const job = await jobOf(drs);
    await TestAttempt.start(drs, job.id);
    const path = `/servers/${job.serverId}`;
    const { status, body } = await send('patch', path, 'admin').send({ port: 2222, title: 'Moved' });
    expect(status).to.equal(409);
    expect(body).to.include({ code: 'server_in_use' });
    expect(body.detail).to.contain('1 attempt is under way');
    expect((await send('get', path, 'admin')).body).to.include({ port: 22, title: 'Test server' });
    const same = await send('patch', path, 'admin').send({ port: 22, title: 'Not moved' });
    expect(same.body).to.include({ title: 'Not moved' });
  });

  it('show the host key of a server', async () => {
    const id = await addServer([]);
    const key = { type: 'ssh-ed25519', key: 'AAAA', fingerprint: 'SHA256:abc', isApproved: false };
    await internalsOf(drs).hostKeys.remember('keyed.example', 22, key);
    await send('patch', `/servers/${id}`, 'admin').send({ hostname: 'keyed.example' });
    const { body } = await send('get', `/servers/${id}`, 'ann');
    expect(body.hostKey).to.deep.equal({ type: 'ssh-ed25519', fingerprint: 'SHA256:abc', isApproved: false });
  });

  it('add, read and change a job of the caller', async () => {
    const given = {
      ...(await jobBody()),
      title: 'Ωmega 𝄞 “job”',
      storeResults: ['*', '!a'],
      logPolicy: 'total',
      timeoutMs: 5,
    };
    const made = await send('post', '/jobs', 'ann').send(given);
    expect(made.status).to.equal(201);
    expect(made.headers.location).to.equal(`/drs/jobs/${made.body.id}`);
    expect(jobSchema.strict().parse(made.body)).to.deep.include({
      ...given,
      owner: 'id-of-ann',
      ownerUsername: 'ann',
      status: 'initial',
      attempt: 0,
      server: { id: given.serverId, title: 'S' },
      interpreter: { id: given.interpreterId, name: 'Python 3' },
    });
    const path = `/jobs/${made.body.id}`;
    expect((await send('get', path, 'ann')).body).to.deep.equal(made.body);
    const changed = await send('patch', path, 'ann').send({ title: 'New', timeoutMs: null });
    expect(changed.status).to.equal(200);
    expect(changed.body).to.include({ title: 'New', timeoutMs: null, program: given.program });
  });

  it('say what the caller may do with a job', async () => {
    const all = { update: true, delete: true, submit: true, copy: true, cancel: true };
    const made = await send('post', '/jobs', 'ann').send(await jobBody());
    expect(made.body.allowed).to.deep.equal(all);
    expect((await send('patch', `/jobs/${made.body.id}`, 'ann').send({})).body.allowed).to.deep.equal(all);
    const authorize = (user: User | null, action: string) =>
      user !== null && (action === 'job:read' || (user.username === 'ann' && action !== 'job:delete'));
    const ruled = await instance({ authorize });
    const path = `/jobs/${(await jobOf(ruled, 'ann')).id}`;
    const sendTo = await ask(ruled);
    expect((await sendTo('get', path, 'ann')).body.allowed).to.deep.equal({ ...all, delete: false });
    expect(new Set(Object.values((await sendTo('get', path, 'bob')).body.allowed as object))).to.deep.equal(
      new Set([false]),
    );
  });

  it('let only administrators choose the owner', async () => {
    const given = { ...(await jobBody()), owner: 'id-of-bob', ownerUsername: 'bob' };
    const refused = await send('post', '/jobs', 'ann').send(given);
    expect(refused.status).to.equal(403);
    expect(refused.body).to.include({ code: 'owner_not_allowed' });
    const made = await send('post', '/jobs', 'admin').send(given);
    expect(made.body).to.include({ owner: 'id-of-bob', ownerUsername: 'bob' });
    const taken = await send('patch', `/jobs/${made.body.id}`, 'bob').send({ ownerUsername: 'root' });
    expect(taken.body).to.include({ code: 'owner_not_allowed' });
  });

  it('list every problem of a body with its place', async () => {
    const { status, body } = await send('post', '/jobs', 'ann').send({
      title: 7,
      remoteDirectory: 'here',
      serverId: 1,
      colour: 'red',
    });
    expect(status).to.equal(400);
    expect(body).to.include({ code: 'invalid_input', type: 'about:blank' });
    const places = body.problems.map(({ path }: { path: string }) => path);
    expect(places).to.include.members(['title', 'program', 'remoteDirectory', 'interpreterId', 'colour']);
    expect(body.detail).to.include('colour: is not known here; known are title, program');
  });

  it('refuse what the models refuse, with its place', async () => {
    const given = { ...(await jobBody()), remoteFilename: '../p.py' };
    const { status, body } = await send('post', '/jobs', 'ann').send(given);
    expect(status).to.equal(400);
    expect(body.problems[0]).to.have.property('path', 'remoteFilename');
    const other = await send('post', '/jobs', 'ann').send({
      ...given,
      remoteFilename: 'p',
      interpreterId: await addInterpreter(),
    });
    expect(other.status).to.equal(400);
    expect(other.body.problems[0]).to.have.property('path', 'interpreterId');
  });

  it('refuse text that the database cannot hold', async () => {
    for (const title of ['a\0b', 'a\ud800b']) {
      const { status, body } = await send('post', '/jobs', 'ann').send({ ...(await jobBody()), title });
      expect(status).to.equal(400);
      expect(body.problems[0]).to.have.property('path', 'title');
    }
  });

  it('refuse servers and interpreters that do not exist', async () => {
    const { body } = await send('post', '/jobs', 'ann').send({
      ...(await jobBody()),
      serverId: 999999,
      interpreterId: 999999,
    });
    expect(body.problems.map(({ path }: { path: string }) => path)).to.deep.equal([
      'serverId',
      'interpreterId',
    ]);
    const server = await send('post', '/servers', 'admin').send({
      title: 'S',
      hostname: 'h',
      interpreterIds: [999999],
    });
    expect(server.status).to.equal(400);
    expect(server.body.problems[0]).to.have.property('path', 'interpreterIds.0');
  });

  it('keep what is in use', async () => {
    const job = await jobOf(drs);
    for (const path of [`/servers/${job.serverId}`, `/interpreters/${job.interpreterId}`]) {
      const { status, body } = await send('delete', path, 'admin');
      expect(status).to.equal(409);
      expect(body).to.include({ code: 'in_use' });
      expect(body.detail).to.include('1 job');
    }
  });

  it('keep a job as it is while it is under way', async () => {
    const job = await jobOf(drs);
    const attempt = await TestAttempt.start(drs, job.id);
    const path = `/jobs/${job.id}`;
    expect((await send('delete', path, 'ann')).body).to.include({ code: 'job_active', status: 409 });
    expect((await send('patch', path, 'ann').send({ program: 'x' })).body).to.include({ code: 'job_active' });
    expect((await send('patch', path, 'ann').send({ title: 'Renamed' })).body).to.include({
      title: 'Renamed',
    });
    const same = { program: job.program, serverId: job.serverId, remoteDirectory: job.remoteDirectory };
    const named = await send('patch', path, 'ann').send({ ...same, title: 'Renamed again' });
    expect(named.body).to.include({ title: 'Renamed again' });
    await attempt.finish();
    expect((await send('patch', path, 'ann').send({ program: 'x' })).status).to.equal(200);
  });

  it('delete a job with its stored files', async () => {
    const job = await jobOf(drs);
    const attempt = await TestAttempt.start(drs, job.id);
    await attempt.leave({ 'a.txt': 'a' });
    await attempt.finish();
    const result = await drs.models.Result.findOne({ where: { jobId: job.id }, rejectOnEmpty: true });
    expect((await send('delete', `/jobs/${job.id}`, 'ann')).status).to.equal(204);
    expect(await drs.models.Result.count({ where: { jobId: job.id } })).to.equal(0);
    const opened = await internalsOf(drs)
      .storage.open(result.storageKey)
      .catch((error: Error) => error.name);
    expect(opened).to.equal('NotFoundError');
  });

  it('submit, and cancel', async () => {
    const job = await jobOf(drs);
    const submitted = await send('post', `/jobs/${job.id}/submit`, 'ann');
    expect(submitted.status).to.equal(202);
    expect(submissionSchema.strict().parse(submitted.body)).to.deep.equal({
      jobId: job.id,
      attempt: 1,
      status: 'submitted',
    });
    const again = await send('post', `/jobs/${job.id}/submit`, 'ann').send({ password: 'p' });
    expect(again.body).to.include({ code: 'job_active', status: 409 });
    const cancelled = await send('post', `/jobs/${job.id}/cancel`, 'ann');
    expect(cancelled.status).to.equal(202);
    expect(cancelled.body).to.include({ jobId: job.id, attempt: 1, status: 'cancelled' });
    const copied = await send('post', `/jobs/${job.id}/copy`, 'ann').send({ password: 'p' });
    expect(copied.status).to.equal(202);
    expect(copied.body).to.include({ attempt: 2, status: 'submitted' });
    await drs.cancelJob(job.id);
  });

  it('run nothing on this machine, and use no agent, unless it is allowed', async () => {
    const job = await jobOf(drs);
    for (const body of [{ remote: false }, { agent: '/tmp/agent.sock' }]) {
      const { status, body: problem } = await send('post', `/jobs/${job.id}/submit`, 'admin').send(body);
      expect(status).to.equal(403);
      expect(problem).to.include({ code: 'local_not_allowed' });
    }
  });

  it('let administrators run on this machine where it is allowed', async () => {
    const local = await instance({ allowLocal: true });
    const sendLocal = await ask(local);
    const job = await jobOf(local);
    const refused = await sendLocal('post', `/jobs/${job.id}/submit`, 'ann').send({ remote: false });
    expect(refused.body).to.include({ code: 'local_not_allowed' });
    expect(
      (await sendLocal('post', `/jobs/${job.id}/submit`, 'admin').send({ remote: false })).status,
    ).to.equal(202);
  });

  it('take no user to act for from a body', async () => {
    const job = await jobOf(drs, 'ann');
    const { status, body } = await send('post', `/jobs/${job.id}/submit`, 'ann').send({
      as: { id: 'id-of-admin' },
    });
    expect(status).to.equal(400);
    expect(body.problems[0]).to.have.property('path', 'as');
  });
});
