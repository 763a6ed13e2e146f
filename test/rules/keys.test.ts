/** A host key that is forgotten, and a key that is put on a machine or taken away: the same by every door. */

import { userInfo } from 'node:os';
import { expect } from 'chai';
import request from 'supertest';
import ssh2 from 'ssh2';
import { internalsOf } from '../../lib/internals.js';
import { startSshServer, type SshServer } from '../../lib/testing/ssh-server.js';
import { runDrs } from '../cli/drs-process.js';
import { atEnd } from '../support/cleanup.js';
import { admin, announcedBy, scientist, startSite, type Site } from './site.js';

const signIn = { username: 'ann', password: 'the password of ann' };

describe('keys, by every door', () => {
  let site: Site;
  let ssh: SshServer;
  let serverId: number;
  before(async () => {
    ssh = await startSshServer({ users: [signIn] });
    atEnd(() => ssh.close());
    const { private: privateKey } = ssh2.utils.generateKeyPairSync('ed25519');
    site = await startSite({ identity: { privateKey } });
    const { hostname, port } = ssh;
    ({ id: serverId } = await site.drs.servers.create({ title: 'There', hostname, port }));
  });

  const act = (action: string, user = admin) =>
    request(site.url)
      .post(`/admin/api/resources/drs-servers/records/${serverId}/${action}`)
      .set('x-user', user.username);
  const retired = () => ({ type: 'retire', hostname: ssh.hostname, port: ssh.port });
  const last = async () => {
    const { hostname, port } = ssh;
    return (await internalsOf(site.drs).audit.ofServer({ id: serverId, hostname, port }))[0];
  };
  const ann = { username: 'ann', userId: '1' };

  const forgetting = {
    'host code': () => site.drs.hostKeys.forget(serverId, { as: admin }),
    REST: () =>
      request(site.url).delete(`/drs/servers/${serverId}/host-key`).set('x-user', 'ann').expect(204),
    panel: async () => {
      const { hostKey } = await site.drs.hostKeys.get(serverId);
      await act('hostKey').field({ decision: 'forget', fingerprint: hostKey?.fingerprint ?? '' });
    },
    command: () => runDrs(['host-key', 'There', '--forget'], site.env),
  };
  for (const [name, forget] of Object.entries(forgetting)) {
    it(`a host key that is forgotten is audited, and lets warm connections go everywhere: ${name}`, async () => {
      await site.drs.servers.testConnection(serverId, { ...signIn, as: admin });
      expect((await site.drs.hostKeys.get(serverId)).hostKey).not.to.equal(null);
      const heard = await announcedBy(site.drs, async () => forget());
      expect((await site.drs.hostKeys.get(serverId)).hostKey).to.equal(null);
      expect(heard).to.deep.equal([retired()]);
      const who = name === 'command' ? { username: `${userInfo().username} (drs)`, userId: null } : ann;
      expect(await last()).to.deep.include({ action: 'host_key_forgotten', ...who });
    });
  }

  const changing = {
    'host code': (call: 'copyKey' | 'deleteKey') => {
      const { hostname, port } = ssh;
      return site.drs[call]({ hostname, port, ...signIn, as: admin });
    },
    panel: async (call: 'copyKey' | 'deleteKey') => act(call).field(signIn),
  };
  for (const [name, change] of Object.entries(changing)) {
    it(`a key that is put there, or taken away, is audited; the latter lets warm connections go: ${name}`, async () => {
      expect(await announcedBy(site.drs, () => change('copyKey'))).to.deep.equal([]);
      expect(await last()).to.deep.include({ action: 'key_copied', detail: 'of ann', ...ann });
      await change('copyKey');
      expect(await last()).to.deep.include({ detail: 'of ann: there was nothing to do' });
      expect(await announcedBy(site.drs, () => change('deleteKey'))).to.deep.equal([retired()]);
      expect(await last()).to.deep.include({ action: 'key_deleted', detail: 'of ann', ...ann });
    });
  }

  it('a key is not put there by others: host code and panel', async () => {
    const { hostname, port } = ssh;
    const signIns = ssh.signInCount;
    const call = site.drs.copyKey({ hostname, port, ...signIn, as: scientist });
    expect(await call.catch((error: unknown) => error)).to.include({ code: 'forbidden' });
    const { body } = await act('copyKey', scientist).field(signIn);
    expect(body.notice.type).to.equal('error');
    expect(ssh.signInCount).to.equal(signIns);
  });
});
