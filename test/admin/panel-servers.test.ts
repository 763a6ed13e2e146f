/** Servers in the panel, by its own requests. */

import { expect } from 'chai';
import request from 'supertest';
import { direct, local } from '../../lib/index.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { makeJob } from '../support/instance.js';
import { admin, makeInstance, scientist, serve } from './support/panel-app.js';

describe('servers in the panel', () => {
  let drs: RemoteSubmission;
  let url: string;
  before(async () => {
    drs = await makeInstance({
      authorize: (user, action) =>
        user?.isAdmin === true || action === 'panel:enter' || action.endsWith(':read'),
    });
    url = await serve(drs);
  });

  const path = (rest: string) => `/admin/api/resources/drs-servers/${rest}`;
  const act = (rest: string) => request(url).post(path(rest)).set('x-user', admin.username);
  const see = (rest: string, user = admin) => request(url).get(path(rest)).set('x-user', user.username);

  it('keep their control directory until it is cleared, and show it to administrators alone', async () => {
    const { body: made } = await act('actions/new')
      .field('title', 'Cluster')
      .field('hostname', 'host')
      .field('controlDirectory', '/scratch/drs');
    const at = `records/${made.record.id}`;
    expect(made.record.params).to.include({ controlDirectory: '/scratch/drs' });
    await act(`${at}/edit`).field('title', 'Other').field('hostname', 'host').expect(200);
    expect((await see(`${at}/show`)).body.record.params).to.include({ controlDirectory: '/scratch/drs' });
    const seen = await see(`${at}/show`, scientist).expect(200);
    expect(seen.body.record.params).to.include({ title: 'Other' });
    expect((await see('actions/list', scientist).expect(200)).text + seen.text).not.to.contain('scratch');
    const wrong = await act(`${at}/edit`).field('controlDirectory', 'drs');
    expect(wrong.body.record.errors.controlDirectory.message).to.contain('must begin with');
    await act(`${at}/edit`).field('controlDirectory', '').expect(200);
    expect(await drs.models.Server.findByPk(made.record.id)).to.include({ controlDirectory: null });
  });

  it('have the scheduler and the transport that were chosen, and no others than those of this app', async () => {
    const batch = await makeInstance({ schedulers: { batch: direct() }, transports: { pods: local() } });
    const panel = await serve(batch);
    const send = (rest: string, values: Record<string, string>) =>
      request(panel).post(path(rest)).set('x-user', admin.username).field(values);
    const chosen = { scheduler: 'batch', transport: 'pods' };
    const { body } = await send('actions/new', { title: 'Cluster', hostname: 'host', ...chosen });
    expect(body.record.params).to.include(chosen);
    const at = `records/${body.record.id}/edit`;
    const wrong = await send(at, { scheduler: 'pbs', transport: 'podz' });
    expect(wrong.body.record.errors.scheduler.message).to.contain('known are direct, batch');
    expect(wrong.body.record.errors.transport.message).to.contain('known are ssh, pods');
    await send(at, { scheduler: '', transport: '' }).expect(200);
    const usual = { scheduler: 'direct', transport: 'ssh' };
    expect(await batch.models.Server.findByPk(body.record.id)).to.include(usual);
  });

  it('say who may run jobs there, and by which names, and show the former to administrators alone', async () => {
    const { body: made } = await act('actions/new').field({ title: 'Shared', hostname: 'host' });
    const at = `records/${made.record.id}`;
    const stored = async () => {
      const { allowedUsers, usernames } = await drs.models.Server.findByPk(made.record.id, {
        rejectOnEmpty: true,
      });
      return { allowedUsers, usernames };
    };
    const edit = (fields: Record<string, string>) =>
      act(`${at}/edit`)
        .field({ title: 'Shared', hostname: 'host', ...fields })
        .expect(200);
    expect(await stored()).to.deep.equal({ allowedUsers: null, usernames: 'any' });
    await edit({ 'allowedUsers.0': 'users/7', 'allowedUsers.1': '8', usernames: 'own' });
    expect(await stored()).to.deep.equal({ allowedUsers: ['users/7', '8'], usernames: 'own' });
    await edit({});
    expect(await stored()).to.deep.equal({ allowedUsers: ['users/7', '8'], usernames: 'own' });
    const seen = await see(`${at}/show`, scientist).expect(200);
    expect((await see('actions/list', scientist).expect(200)).text + seen.text).not.to.contain('users/7');
    await edit({ 'allowedUsers.0': '(nobody)' });
    expect(await stored()).to.have.deep.property('allowedUsers', []);
    expect((await see(`${at}/show`)).body.record.params).to.include({ 'allowedUsers.0': '(nobody)' });
    await edit({ allowedUsers: '__FORM_VALUE_EMPTY_ARRAY__', usernames: '' });
    expect(await stored()).to.deep.equal({ allowedUsers: null, usernames: 'any' });
  });

  it('may choose old algorithms where the tick is set, until it is taken away', async () => {
    const { body: made } = await act('actions/new').field({
      title: 'Old',
      hostname: 'host',
      legacyAlgorithms: 'true',
    });
    const at = `records/${made.record.id}`;
    expect(made.record.params).to.include({ legacyAlgorithms: true });
    await act(`${at}/edit`).field({ title: 'Older', hostname: 'host' }).expect(200);
    expect((await see(`${at}/show`)).body.record.params).to.include({ legacyAlgorithms: true });
    const { body: list } = await see('actions/list?filters.legacyAlgorithms=true');
    expect(list.records.map(({ params }: { params: { title: string } }) => params.title)).to.deep.equal([
      'Older',
    ]);
    await act(`${at}/edit`).field('legacyAlgorithms', 'false').expect(200);
    expect(await drs.models.Server.findByPk(made.record.id)).to.include({ legacyAlgorithms: false });
    expect((await see('actions/list?filters.legacyAlgorithms=true')).body.records).to.deep.equal([]);
  });

  it('have a jump host until it is cleared, show it by its title, and say what is wrong with one', async () => {
    const gate = await drs.models.Server.create({ title: 'Gate', hostname: 'gate' });
    const { body: made } = await act('actions/new')
      .field('title', 'Behind')
      .field('hostname', 'inner')
      .field('proxyJump', String(gate.id));
    const at = `records/${made.record.id}`;
    await act(`${at}/edit`).field('title', 'Behind').field('hostname', 'inner').expect(200);
    const shown = (await see(`${at}/show`, scientist)).body.record;
    expect(shown.params).to.include({ proxyJump: gate.id });
    expect(shown.populated.proxyJump).to.include({ title: 'Gate' });
    const found = await see(`actions/list?filters.proxyJump=${gate.id}`);
    expect(found.body.records.map(({ id }: { id: number }) => id)).to.deep.equal([made.record.id]);
    const wrong = await act(`records/${gate.id}/edit`).field('proxyJump', String(made.record.id));
    expect(wrong.body.record.errors.proxyJump.message).to.contain('“Behind” is itself reached through');
    await act(`${at}/edit`).field('proxyJump', '').expect(200);
    expect(await drs.models.Server.findByPk(made.record.id)).to.include({ proxyJump: null });
  });

  it('keep their address while attempts are under way there, and say so', async () => {
    const job = await makeJob(drs, { program: '' });
    await drs.submitJob(job.id, { password: 'x' });
    const at = `records/${job.serverId}`;
    const { body } = await act(`${at}/edit`).field('hostname', 'other').field('port', '22');
    expect(body.notice).to.include({ type: 'error' });
    expect(body.notice.message).to.contain('1 attempt is under way on “Test server”');
    expect(await drs.models.Server.findByPk(job.serverId)).to.include({ hostname: '127.0.0.1' });
  });
});
