/** Who did what, as the panel writes it down and shows it. */

import { expect } from 'chai';
import request from 'supertest';
import ssh2 from 'ssh2';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { startSshServer, type SshServer } from '../../lib/testing/ssh-server.js';
import { makeJob } from '../support/instance.js';
import { atEnd } from '../support/cleanup.js';
import { admin, makeInstance, serve } from './support/panel-app.js';

const password = 'sentinel-audit-password';

describe('the audit in the panel', () => {
  let drs: RemoteSubmission;
  let ssh: SshServer;
  let url: string;

  before(async () => {
    ssh = await startSshServer({ users: [{ username: admin.username, password }] });
    atEnd(() => ssh.close());
    drs = await makeInstance({ identity: { privateKey: ssh2.utils.generateKeyPairSync('ed25519').private } });
    url = await serve(drs);
  });

  const read = (path: string) =>
    request(url).get(`/admin/api/resources/${path}`).set('x-user', admin.username);
  const act = (path: string) =>
    request(url).post(`/admin/api/resources/${path}`).set('x-user', admin.username);
  const deeds = (events: { username: string; action: string }[]) =>
    events.map(({ username, action }) => `${username} ${action}`);

  it('tells on the page of a server who tested it, decided on its key, and put a key there', async () => {
    const { body: made } = await act('drs-servers/actions/new')
      .field('title', 'Cluster')
      .field('hostname', ssh.hostname)
      .field('port', String(ssh.port));
    const { id } = made.record;
    const at = `drs-servers/records/${id}`;
    await act(`${at}/testConnection`).field('password', password).expect(200);
    const { body: seen } = await act(`${at}/hostKey`).expect(200);
    const { fingerprint } = seen.hostKey;
    await act(`${at}/hostKey`).field('decision', 'approve').field('fingerprint', fingerprint);
    await act(`${at}/copyKey`).field('username', admin.username).field('password', password);
    await act(`${at}/deleteKey`).field('username', admin.username).field('password', password);
    await act(`${at}/hostKey`).field('decision', 'forget').field('fingerprint', fingerprint);
    const { body, text } = await read(`drs-servers/actions/history?record=${id}`).expect(200);
    expect(deeds(body.events)).to.deep.equal([
      'ann host_key_forgotten',
      'ann key_deleted',
      'ann key_copied',
      'ann host_key_approved',
      'ann connection_tested',
      'system host_key_seen',
      'ann created',
    ]);
    expect(text).not.to.contain(password);
  });

  it('tells on the page of a job who submitted and cancelled it', async () => {
    const job = await makeJob(drs, { program: 'true', owner: 'bob' });
    await act(`drs-jobs/records/${job.id}/submit`).field('password', password).expect(200);
    await act(`drs-jobs/records/${job.id}/cancel`).expect(200);
    const { body } = await read(`drs-jobs/actions/live?job=${job.id}`).expect(200);
    expect(deeds(body.events)).to.deep.equal(['ann cancelled', 'ann submitted']);
    expect(body.events[1]).to.include({ attempt: 1, detail: 'as bob, with a password' });
  });

  it('answers nothing about a record that is not there', async () => {
    await read('drs-servers/actions/history?record=99999').expect(404);
    await read('drs-interpreters/actions/history?record=x').expect(404);
  });
});
