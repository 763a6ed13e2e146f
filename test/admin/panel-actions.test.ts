/** What is done with jobs in the panel, by its own requests. */

import { expect } from 'chai';
import request from 'supertest';
import ssh2 from 'ssh2';
import { internalsOf } from '../../lib/internals.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { startSshServer } from '../../lib/testing/ssh-server.js';
import { makeJob } from '../support/instance.js';
import { atEnd } from '../support/cleanup.js';
import { admin, makeInstance, scientist, serve } from './support/panel-app.js';

const password = 'sentinel-action-password';

describe('actions on jobs in the panel', () => {
  let drs: RemoteSubmission;
  let url: string;
  before(async () => {
    drs = await makeInstance({
      authorize: (user, action, record) =>
        user?.isAdmin === true ||
        action === 'panel:enter' ||
        action === 'job:create' ||
        action.endsWith(':read') ||
        (action === 'job:update' && record !== null),
    });
    url = await serve(drs);
  });

  const path = (rest: string) => `/admin/api/resources/drs-jobs/${rest}`;
  const act = (rest: string, user = admin) => request(url).post(path(rest)).set('x-user', user.username);
  const live = async (id: number) =>
    (
      await request(url)
        .get(path(`actions/live?job=${id}`))
        .set('x-user', admin.username)
        .expect(200)
    ).body;
  const outcomes = async (sent: request.Test) => (await sent.expect(200)).body.outcomes;

  it('run a job again as it was submitted before, and say which attempt that was', async () => {
    const job = await makeJob(drs, { program: '' });
    const at = `records/${job.id}`;
    const [never] = await outcomes(act(`${at}/retry`).field('password', password));
    expect(never)
      .to.include({ isDone: false })
      .and.to.have.property('message')
      .that.contains('never submitted');
    await act(`${at}/submit`).field('password', password).field('username', 'eve').expect(200);
    await drs.cancelJob(job.id);
    const [again] = await outcomes(act(`${at}/retry`).field('password', password));
    expect(again).to.include({ isDone: true, message: 'Submitted as attempt 2, like attempt 1.' });
    const { attempts, events } = await live(job.id);
    expect(attempts[0]).to.include({ number: 2, username: 'eve' });
    expect(events[0]).to.include({ username: 'ann', action: 'retried', attempt: 2 });
    await drs.cancelJob(job.id);
  });

  it('refuse a passphrase without its key', async () => {
    const job = await makeJob(drs, { program: '' });
    const fields = act(`records/${job.id}/submit`).field('password', password).field('passphrase', 'x');
    expect(JSON.stringify((await fields).body)).to.include('passphrase: is that of a private key');
    await job.reload();
    expect(job.attempt).to.equal(0);
  });

  it('delete what they can of a selection, and say of the rest by what it is used', async () => {
    const [one, other] = [await makeJob(drs, { program: '' }), await makeJob(drs, { program: '' })];
    const { Server } = drs.models;
    const unused = await Server.create({ title: 'Unused', hostname: 'unused.example', port: 22 });
    const ids = [one.serverId, unused.id, other.serverId];
    const { body } = await request(url)
      .post(`/admin/api/resources/drs-servers/bulk/bulkDelete?recordIds=${ids.join(',')}`)
      .set('x-user', admin.username)
      .expect(200);
    expect(body.notice.type).to.equal('error');
    expect(body.notice.message).to.match(/^1 of 3 were deleted\. .*used by 1 job.*used by 1 job/);
    expect(await Server.findAll({ where: { id: ids } })).to.have.length(2);
  });

  it('keep that no file is brought back, when a form is sent that does not change it', async () => {
    const job = await makeJob(drs, { program: '' });
    await job.update({ storeResults: [] });
    const edit = `records/${job.id}/edit`;
    const { body } = await request(url).get(path(edit)).set('x-user', admin.username);
    const { title, 'storeResults.0': pattern } = body.record.params;
    expect(pattern).to.equal('!*');
    await act(edit).field('title', title).field('storeResults.0', pattern).expect(200);
    expect((await job.reload()).storeResults).to.deep.equal([]);
    await act(edit).field('title', title).expect(200);
    expect((await job.reload()).storeResults).to.equal(null);
  });

  it('let the title of a running job be changed in a form that sends the rest as it is', async () => {
    const job = await makeJob(drs, { program: 'a\tb' });
    await drs.submitJob(job.id, { password });
    const edit = `records/${job.id}/edit`;
    const { body } = await request(url).get(path(edit)).set('x-user', admin.username);
    const save = (changes: object) => {
      const params: Record<string, string | null> = { ...body.record.params, ...changes };
      const given = Object.entries(params).filter((field): field is [string, string] => field[1] !== null);
      return act(edit).field(Object.fromEntries(given));
    };
    const { body: renamed } = await save({ title: 'Renamed' });
    expect(renamed.notice).to.include({ type: 'success' });
    const { body: refused } = await save({ remoteFilename: 'other.sh' });
    expect(refused.notice.message).to.match(/nothing but its title can change/);
    expect(await job.reload()).to.include({ title: 'Renamed', remoteFilename: job.remoteFilename });
    await drs.cancelJob(job.id);
  });

  it('do it to a selection, and tell of each job what became of it', async () => {
    const [one, other] = [await makeJob(drs, { program: '' }), await makeJob(drs, { program: '' })];
    await drs.submitJob(one.id, { password });
    const ids = `recordIds=${one.id},${other.id}`;
    const requeued = await outcomes(act(`bulk/requeueSelected?${ids}`));
    expect(
      requeued.map(({ id, isDone }: { id: number; isDone: boolean }) => [id, isDone]),
    ).to.have.deep.members([
      [one.id, true],
      [other.id, false],
    ]);
    await drs.cancelJob(one.id);
    const retried = await outcomes(act(`bulk/retrySelected?${ids}`).field('password', password));
    expect(retried.filter(({ isDone }: { isDone: boolean }) => isDone)).to.have.length(1);
    expect((await live(one.id)).events.map(({ action }: { action: string }) => action)).to.deep.equal([
      ...['retried', 'cancelled', 'requeued', 'submitted'],
    ]);
    await drs.cancelJob(one.id);
  });

  it('are refused to people without the right, and nothing is done', async () => {
    const job = await makeJob(drs, { program: '' });
    await drs.submitJob(job.id, { password });
    for (const action of ['requeue', 'retry', 'cancel']) {
      const { body } = await act(`records/${job.id}/${action}`, scientist).field('password', password);
      expect(body.outcomes, action).to.equal(undefined);
    }
    expect((await live(job.id)).events).to.have.length(1);
    await drs.cancelJob(job.id);
  });

  it('tell where an attempt under way is, and nothing of one that has ended', async () => {
    const job = await makeJob(drs, { program: '' });
    expect((await live(job.id)).explanation).to.equal(null);
    await drs.submitJob(job.id, { password });
    expect((await live(job.id)).explanation).to.contain('no worker holds it');
    await drs.cancelJob(job.id);
    expect((await live(job.id)).explanation).to.equal(null);
  });

  it('are offered where they make sense', async () => {
    const job = await makeJob(drs, { program: '' });
    const offered = async (): Promise<string[]> => {
      const { body } = await request(url)
        .get(path(`records/${job.id}/show`))
        .set('x-user', admin.username);
      return body.record.recordActions.map(({ name }: { name: string }) => name);
    };
    expect(await offered())
      .to.include('submit')
      .and.not.include.oneOf(['retry', 'requeue']);
    await drs.submitJob(job.id, { password });
    expect(await offered()).to.include.members(['retry', 'requeue']);
    await drs.cancelJob(job.id);
    expect(await offered())
      .to.include('retry')
      .and.not.include('requeue');
  });

  it('make a job for somebody else where an administrator says for whom, and else for themselves', async () => {
    const { serverId, interpreterId } = await makeJob(drs, { program: '' });
    const made = async (owner: Record<string, string>, user = admin) => {
      const form = { title: 'T', program: 'x', remoteDirectory: '~', remoteFilename: 'p', ...owner };
      const sent = act('actions/new', user).field({ ...form, serverId, interpreterId });
      return (await sent).body;
    };
    const own = await made({ owner: '', ownerUsername: '' });
    expect(own.record.params).to.include({ owner: '1', ownerUsername: 'ann' });
    const other = await made({ owner: '77', ownerUsername: 'carol' });
    expect(other.record.params).to.include({ owner: '77', ownerUsername: 'carol' });
    const half = await made({ owner: '', ownerUsername: 'carol' });
    expect(half.record.errors.owner.message).to.contain('both');
    const count = await drs.models.Job.count();
    const refused = await made({ owner: '77', ownerUsername: 'carol' }, scientist);
    expect(refused.notice.message).to.contain('Only administrators');
    expect(await drs.models.Job.count()).to.equal(count);
  });

  it('leave the owner alone when somebody who may not choose one changes the job', async () => {
    const job = await makeJob(drs, { program: 'x', owner: 'carol' });
    const { title, remoteDirectory, remoteFilename, serverId, interpreterId, program } = job;
    const form = { title: `${title}!`, remoteDirectory, remoteFilename, program };
    const { body } = await act(`records/${job.id}/edit`, scientist)
      .field({ ...form, serverId, interpreterId })
      .field({ owner: 'carol', ownerUsername: 'carol' });
    expect(body.notice.type).to.equal('success');
    expect(await job.reload()).to.include({ title: `${title}!`, owner: 'carol' });
  });

  it('show no exit code where the program was only copied', async () => {
    const ssh = await startSshServer({ users: [{ username: 'ann', password }] });
    atEnd(() => ssh.close());
    const other = await makeInstance({
      identity: { privateKey: ssh2.utils.generateKeyPairSync('ed25519').private },
    });
    await other.work();
    const { id } = await makeJob(other, { program: 'x', server: { hostname: ssh.hostname, port: ssh.port } });
    const copy = await other.copyJob(id, { password });
    expect(await copy.finished()).to.include({ status: 'success', exitCode: null });
    expect(await other.models.Job.findByPk(id)).to.include({ status: 'success', exitCode: null });
  });
});

describe('deleting in the panel', () => {
  let drs: RemoteSubmission;
  let url: string;
  before(async () => {
    drs = await makeInstance();
    url = await serve(drs);
  });
  const act = (path: string) =>
    request(url).post(`/admin/api/resources/${path}`).set('x-user', admin.username);

  it('refuses what is in use, one and several, and says by what', async () => {
    const { serverId, interpreterId } = await makeJob(drs, { program: '' });
    const { Server } = drs.models;
    const gate = await Server.create({ title: 'Gate', hostname: 'gate' });
    await Server.create({ title: 'Inner', hostname: 'inner', proxyJump: gate.id });
    for (const [resource, id, by] of [
      ['drs-servers', gate.id, '“Gate” is the jump host of “Inner”.'],
      ['drs-servers', serverId, '“Test server” is used by 1 job.'],
      ['drs-interpreters', interpreterId, '“Test interpreter” is used by 1 job, server “Test server”.'],
    ] as const) {
      const one = await act(`${resource}/records/${id}/delete`);
      const several = await act(`${resource}/bulk/bulkDelete?recordIds=${id}`);
      for (const { body } of [one, several]) {
        expect(body.notice.type).to.equal('error');
        expect(body.notice.message).to.contain(by);
      }
    }
    expect([await Server.count(), await drs.models.Interpreter.count()]).to.deep.equal([3, 1]);
  });

  it('refuses a job under way, and writes down who deleted another', async () => {
    const [waiting, other] = [await makeJob(drs, { program: '' }), await makeJob(drs, { program: '' })];
    await drs.submitJob(waiting.id, { password });
    const { body } = await act(`drs-jobs/bulk/bulkDelete?recordIds=${waiting.id},${other.id}`);
    expect(body.notice.message).to.contain('Cancel it first');
    await act(`drs-jobs/records/${other.id}/delete`);
    const [deed] = await internalsOf(drs).audit.ofJob(other.id);
    expect(deed).to.include({ username: 'ann', action: 'deleted' });
    expect(await drs.models.Job.findByPk(waiting.id)).not.to.equal(null);
  });
});
