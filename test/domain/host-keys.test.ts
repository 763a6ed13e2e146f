/** Decisions on host keys, asked of host code, REST, the typed client and the panel, about a real sshd. */

import { expect } from 'chai';
import request from 'supertest';
import { connectDrs } from '../../lib/client/index.js';
import { internalsOf } from '../../lib/internals.js';
import type { ServerModel } from '../../lib/models/define-models.js';
import type { Announcement } from '../../lib/protocol/events.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import type { User } from '../../lib/protocol/records.js';
import { until } from '../client/support/until.js';
import { testDatabase } from '../support/postgres.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { admin, makeInstance, scientist, serve } from '../admin/support/panel-app.js';

interface Shown {
  fingerprint: string;
}

/** What every adapter answers. */
interface State {
  hostKey: (Shown & { type: string; isApproved: boolean }) | null;
  offered: (Shown & { type: string }) | null;
}

/** A way to decide; a refusal is a text with its code, or in the panel with its words. */
interface Adapter {
  get(id: number): Promise<State | string>;
  approve(id: number, fingerprint: string): Promise<State | string>;
  forget(id: number, fingerprint: string): Promise<unknown>;
}

const codeOf = (error: unknown): string => (error as { code: string }).code;

function hostCode(drs: RemoteSubmission, as: User): Adapter {
  const { hostKeys } = drs;
  return {
    get: (id) => hostKeys.get(id, { as }).catch(codeOf),
    approve: (id, fingerprint) => hostKeys.approve(id, { fingerprint }, { as }).catch(codeOf),
    forget: (id) => hostKeys.forget(id, { as }).catch(codeOf),
  };
}

function rest(url: string, { username }: User): Adapter {
  const at = (id: number): string => `/drs/servers/${id}/host-key`;
  const answer = ({ body }: request.Response): State | string => (body as { code?: string }).code ?? body;
  return {
    get: async (id) => answer(await request(url).get(at(id)).set('x-user', username)),
    approve: async (id, fingerprint) =>
      answer(await request(url).post(at(id)).set('x-user', username).send({ fingerprint })),
    forget: async (id) => answer(await request(url).delete(at(id)).set('x-user', username)),
  };
}

function client(url: string, { username }: User): Adapter {
  const { servers } = connectDrs(`${url}/drs`, { headers: { 'x-user': username } });
  return {
    get: (id) => servers.hostKey(id).catch(codeOf),
    approve: (id, fingerprint) => servers.approveHostKey(id, fingerprint).catch(codeOf),
    forget: (id) => servers.forgetHostKey(id).catch(codeOf),
  };
}

function panel(url: string, { username }: User): Adapter {
  const act = async (id: number, fields: Record<string, string>): Promise<State | string> => {
    const path = `/admin/api/resources/drs-servers/records/${id}/hostKey`;
    const { body } = await request(url).post(path).set('x-user', username).field(fields);
    return body.notice ? (body.notice.message as string) : (body as State);
  };
  return {
    get: (id) => act(id, { decision: 'none' }),
    approve: (id, fingerprint) => act(id, { decision: 'approve', fingerprint }),
    forget: (id, fingerprint) => act(id, { decision: 'forget', fingerprint }),
  };
}

const adapters = ['host code', 'REST', 'client', 'panel'] as const;

describe('host keys', function () {
  this.timeout(60_000);
  let drs: RemoteSubmission;
  let url: string;
  let sshd: Sshd;
  let other: Sshd;
  let server: ServerModel;

  before(async () => {
    [sshd, other] = await Promise.all([startSshd(), startSshd()]);
    drs = await makeInstance({ authorize: readers });
    url = await serve(drs);
    const { hostname, port } = sshd;
    server = await drs.models.Server.create({ title: 'Cluster', hostname, port });
  });

  /** Servers are read by everybody, and the panel is entered. */
  const readers = (user: User | null, action: string): boolean =>
    user?.isAdmin === true || action === 'server:read' || action === 'panel:enter';
  const by = (name: (typeof adapters)[number], user: User): Adapter =>
    ({
      'host code': () => hostCode(drs, user),
      REST: () => rest(url, user),
      client: () => client(url, user),
      panel: () => panel(url, user),
    })[name]();
  const signIn = async (to: Sshd = sshd): Promise<string> => {
    const { username, password } = to.user;
    const { hostname, port } = server;
    const { ssh } = internalsOf(drs).transports;
    try {
      const target = { hostname, port, username, credential: { password } };
      (await ssh.acquire(target)).release();
      return 'in';
    } catch (error) {
      return codeOf(error);
    }
  };
  const state = async (): Promise<State> => drs.hostKeys.get(server.id);
  /** As if another machine stood at this address. */
  const exchange = async (port: number, newPort: number): Promise<void> => {
    const { sequelize, transports } = internalsOf(drs);
    await sequelize.query(
      `UPDATE drs_host_keys SET port = ${newPort} WHERE port = ${port};
       UPDATE drs_servers SET port = ${newPort} WHERE id = ${server.id}`,
    );
    transports.ssh.retire({ hostname: server.hostname, port });
    await server.reload();
  };

  for (const name of adapters) {
    it(`are none before a connection, then trusted, approved and forgotten, by ${name}`, async () => {
      const { get, approve, forget } = by(name, admin);
      expect(await get(server.id)).to.deep.include({ hostKey: null, offered: null });
      expect(await signIn()).to.equal('in');
      const { fingerprint } = (await state()).hostKey ?? { fingerprint: '' };
      expect(await get(server.id)).to.deep.nested.include({
        'hostKey.fingerprint': fingerprint,
        'hostKey.type': 'ssh-ed25519',
        offered: null,
      });
      expect(await approve(server.id, 'SHA256:other')).to.match(/fingerprint_differs|not SHA256:other/);
      expect(await approve(server.id, fingerprint)).to.nested.include({ 'hostKey.isApproved': true });
      await forget(server.id, fingerprint);
      expect(await state()).to.deep.equal({ hostKey: null, offered: null });
      const { hostname, port } = server;
      const events = await internalsOf(drs).audit.ofServer({ id: server.id, hostname, port });
      expect(events.slice(0, 3).map(({ username, action }) => `${username} ${action}`)).to.deep.equal([
        'ann host_key_forgotten',
        'ann host_key_approved',
        'system host_key_seen',
      ]);
    });

    it(`are not shown to, and not decided by, others, by ${name}`, async () => {
      expect(await signIn()).to.equal('in');
      const before = await state();
      const { get, approve, forget } = by(name, scientist);
      const fingerprint = before.hostKey?.fingerprint ?? '';
      const answers = [
        await get(server.id),
        await approve(server.id, fingerprint),
        await forget(server.id, fingerprint),
      ];
      for (const answer of answers) expect(answer).to.match(/forbidden|may not|permission/i);
      expect(await state()).to.deep.equal(before);
      await drs.hostKeys.forget(server.id);
    });

    it(`that a machine shows in the place of the pinned one are offered, and pinned by approval, by ${name}`, async () => {
      const { get, approve, forget } = by(name, admin);
      expect(await signIn()).to.equal('in');
      const pinned = (await state()).hostKey?.fingerprint ?? '';
      await exchange(sshd.port, other.port);
      expect(await signIn(other)).to.equal('host_key_changed');
      const offered = (await state()).offered?.fingerprint ?? '';
      expect(offered)
        .to.match(/^SHA256:/)
        .and.not.equal(pinned);
      expect(await get(server.id)).to.nested.include({
        'hostKey.fingerprint': pinned,
        'offered.fingerprint': offered,
      });
      expect(await approve(server.id, offered)).to.match(/fingerprint_differs|not SHA256:/);
      await forget(server.id, pinned);
      expect(await get(server.id)).to.nested.include({ hostKey: null, 'offered.fingerprint': offered });
      expect(await approve(server.id, offered)).to.deep.nested.include({
        'hostKey.fingerprint': offered,
        'hostKey.isApproved': true,
        offered: null,
      });
      expect(await signIn(other)).to.equal('in');
      await drs.hostKeys.forget(server.id);
      await exchange(other.port, sshd.port);
    });
  }

  it('answer exactly what REST promises', async () => {
    await signIn();
    const path = `/drs/servers/${server.id}/host-key`;
    const { body } = await request(url).get(path).set('x-user', admin.username).expect(200);
    expect(body).to.have.all.keys('hostKey', 'offered');
    expect(body.hostKey).to.have.all.keys('type', 'fingerprint', 'isApproved', 'firstSeenAt');
    expect(new Date(body.hostKey.firstSeenAt).toJSON()).to.equal(body.hostKey.firstSeenAt);
    const wrong = await request(url).post(path).set('x-user', admin.username).send({}).expect(400);
    expect(wrong.body).to.include({ code: 'invalid_input' });
    await request(url).delete(path).set('x-user', admin.username).expect(204, '');
    await request(url).delete(path).set('x-user', admin.username).expect(204, '');
    await request(url).get(path).expect(401);
    await request(url).get('/drs/servers/999/host-key').set('x-user', admin.username).expect(404);
  });

  it('that are forgotten let warm connections go, here and in other processes, after the commit', async () => {
    await signIn();
    const told: Announcement[] = [];
    const stop = internalsOf(drs).bus.subscribe((news) => void told.push(news));
    const { sequelize } = internalsOf(drs);
    const signedIn = () => sshd.log().match(/Accepted password/g)?.length;
    const before = signedIn();
    await sequelize.transaction(async (transaction) => {
      await drs.hostKeys.forget(server.id, { by: 'nightly', transaction });
      expect(told).to.deep.equal([]);
      expect((await state()).hostKey).not.to.equal(null);
    });
    await until(() => told.length > 0);
    stop();
    expect(told).to.deep.equal([{ type: 'retire', hostname: server.hostname, port: server.port }]);
    expect(await signIn()).to.equal('in');
    expect(signedIn()).to.equal((before ?? 0) + 1);
    const rolledBack = sequelize.transaction(async (transaction) => {
      await drs.hostKeys.forget(server.id, { transaction });
      throw new Error('the host changed its mind');
    });
    expect(await rolledBack.catch((error: Error) => error.message)).to.equal('the host changed its mind');
    expect((await state()).hostKey).not.to.equal(null);
  });

  it('are decided on in a transaction of this instance alone, and read in it', async () => {
    const drs = await makeInstance();
    const server = await drs.models.Server.create({ title: 'Somewhere', hostname: 'somewhere' });
    const other = internalsOf(await makeInstance()).sequelize;
    await other.transaction(async (transaction) => {
      for (const wrong of [{}, 'x', transaction] as never[]) {
        const asked = { transaction: wrong };
        const codes = [
          await drs.hostKeys.get(server.id, asked).catch(codeOf),
          await drs.hostKeys.approve(server.id, { fingerprint: 'SHA256:x' }, asked).catch(codeOf),
          await drs.hostKeys.forget(server.id, asked).catch(codeOf),
        ];
        expect(codes).to.deep.equal(Array(3).fill('invalid_input'));
      }
    });
    await internalsOf(drs).sequelize.transaction(async (transaction) => {
      const made = await drs.models.Server.create({ title: 'New', hostname: 'new' }, { transaction });
      const state = await drs.hostKeys.get(made.id, { transaction });
      expect(state).to.deep.equal({ hostKey: null, offered: null });
    });
  });

  it('are listed for administrators alone', async () => {
    const { hostname, port } = server;
    expect((await drs.hostKeys.list({ as: admin })).map((key) => [key.hostname, key.port])).to.deep.include([
      hostname,
      port,
    ]);
    expect(await drs.hostKeys.list({ as: scientist }).catch(codeOf)).to.equal('forbidden');
  });

  it('wait for approval where the policy is approved-only', async () => {
    const strict = await makeInstance({ hostKeys: 'approved-only' });
    const { hostname, port, user } = sshd;
    const { id } = await strict.models.Server.create({ title: 'Strict', hostname, port });
    const target = { hostname, port, username: user.username, credential: { password: user.password } };
    const { ssh } = internalsOf(strict).transports;
    expect(await ssh.acquire(target).catch(codeOf)).to.equal('host_key_unapproved');
    const { hostKey, offered } = await strict.hostKeys.get(id);
    const { fingerprint } = hostKey ?? offered ?? { fingerprint: '' };
    const approved = await strict.hostKeys.approve(id, { fingerprint });
    expect(approved.hostKey).to.include({ fingerprint, isApproved: true });
    (await ssh.acquire(target)).release();
  });

  it('that were pinned at first use were approved by nobody, and wait where the policy is approved-only', async () => {
    const databaseUrl = await testDatabase();
    const lax = await makeInstance({ databaseUrl });
    const strict = await makeInstance({ databaseUrl, hostKeys: 'approved-only' });
    const { hostname, port, user } = sshd;
    const { id } = await lax.models.Server.create({ title: 'Seen', hostname, port });
    const target = { hostname, port, username: user.username, credential: { password: user.password } };
    (await internalsOf(lax).transports.ssh.acquire(target)).release();
    const { hostKey } = await lax.hostKeys.get(id);
    expect(hostKey).to.include({ isApproved: false, isTrusted: true, approvedAt: null });
    expect((await lax.servers.get(id)).hostKey).to.include({ isApproved: false });
    const { ssh } = internalsOf(strict).transports;
    expect(await ssh.acquire(target).catch(codeOf)).to.equal('host_key_unapproved');
    await strict.hostKeys.approve(id, { fingerprint: hostKey?.fingerprint ?? '' });
    (await ssh.acquire(target)).release();
    expect((await lax.servers.get(id)).hostKey).to.include({ isApproved: true });
  });
});
