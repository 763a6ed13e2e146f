/** The test of a connection: asked of every adapter, and of a real sshd whose accounts are set up in odd ways. */

import { expect } from 'chai';
import { chmod, chown, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import { connectDrs } from '../../lib/client/index.js';
import type { ConnectionReport } from '../../lib/protocol/connection-steps.js';
import type { User } from '../../lib/protocol/records.js';
import { findCommand } from '../../lib/embedded/install.js';
import { internalsOf } from '../../lib/internals.js';
import type { ServerModel } from '../../lib/models/define-models.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { admin, makeInstance, scientist, serve } from '../admin/support/panel-app.js';
import { sharedSshd, startSshd, type Sshd, type SshdUser, type SshdUserOptions } from '../support/sshd.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { keyPair } from '../transports/support.js';

type Steps = { name: string; isOk: boolean; message: string }[];

const all = ['address', 'hostKey', 'signIn', 'shell', 'commands', 'directory', 'scheduler'];
const adapters = ['host code', 'REST', 'client', 'panel'] as const;
const codeOf = (error: unknown): string => (error as { code: string }).code;

describe('the test of a connection', function () {
  this.timeout(60_000);
  let drs: RemoteSubmission;
  let sshd: Sshd;
  let url: string;
  let id: number;

  before(async () => {
    sshd = await sharedSshd();
    drs = await makeInstance({
      authorize: (user, action) =>
        user?.isAdmin === true || action === 'server:read' || action === 'panel:enter',
    });
    url = await serve(drs);
    const { hostname, port } = sshd;
    ({ id } = await drs.models.Server.create({ title: 'Cluster', hostname, port }));
  });

  const userWith = async (bashrc: string, options: SshdUserOptions = {}): Promise<SshdUser> => {
    const user = await sshd.addUser(options);
    await writeFile(join(user.home, '.bashrc'), bashrc);
    return user;
  };
  const post = (user: User, body: object, of = id) =>
    request(url).post(`/drs/servers/${of}/test`).set('x-user', user.username).send(body);
  const stepsOf = async ({ username, password }: SshdUser, of = id): Promise<Steps> => {
    const { body } = await post(admin, { username, password }, of).expect(200);
    return body.steps;
  };
  /** Who asks, by each adapter: the report, or a refusal as a code, or in the panel in words. */
  const ask: Record<(typeof adapters)[number], (user: User, body: object) => Promise<object | string>> = {
    'host code': (as, body) => drs.servers.testConnection(id, { ...body, as }).catch(codeOf),
    REST: async (user, body) => {
      const { body: answer } = await post(user, body);
      return answer.code ?? answer;
    },
    client: ({ username }, body) =>
      connectDrs(`${url}/drs`, { headers: { 'x-user': username } })
        .servers.test(id, body)
        .catch(codeOf),
    panel: async ({ username }, body) => {
      const { body: answer } = await request(url)
        .post(`/admin/api/resources/drs-servers/records/${id}/testConnection`)
        .set('x-user', username)
        .field({ username: '', ...body });
      return answer.notice?.message ?? answer;
    },
  };
  /** A server behind jump hosts, the last of which is as `config` says. */
  const behind = async (config: string[]): Promise<{ behindId: number; gate: Sshd; bastion: Sshd }> => {
    const [gate, bastion] = await Promise.all([startSshd(), startSshd({ config })]);
    let proxyJump: number | null = null;
    for (const [title, { hostname, port }] of Object.entries({ Gate: gate, Bastion: bastion, Inner: sshd })) {
      const made: ServerModel = await drs.models.Server.create({ title, hostname, port, proxyJump });
      proxyJump = made.id;
    }
    return { behindId: proxyJump ?? 0, gate, bastion };
  };
  /** Where a control root is that no home directory holds; what an earlier user of the same number left there is gone. */
  const elsewhereOf = async ({ uid }: SshdUser): Promise<string> => {
    await rm(`/var/tmp/drs-${uid}`, { recursive: true, force: true });
    return `/var/tmp/drs-${uid}`;
  };
  const last = <T>(steps: readonly T[]): T | undefined => steps.at(-1);

  for (const name of adapters) {
    it(`goes all the way, with an entry in the audit, by ${name}`, async () => {
      const { username, password } = await sshd.addUser();
      const { steps } = (await ask[name](admin, { username, password })) as ConnectionReport;
      expect(steps.map(({ isOk }) => isOk)).to.deep.equal(all.map(() => true));
      const { hostname, port } = sshd;
      const [event] = await internalsOf(drs).audit.ofServer({ id, hostname, port });
      expect(event).to.include({
        username: 'ann',
        action: 'connection_tested',
        detail: 'all steps went well',
      });
    });

    it(`is refused to others, by ${name}`, async () => {
      const { username, password } = sshd.user;
      expect(await ask[name](scientist, { username, password })).to.match(/forbidden|may not|permission/i);
    });

    it(`ends at the sign-in that is refused, by ${name}`, async () => {
      const { username } = await sshd.addUser();
      const { steps } = (await ask[name](admin, { username, password: 'wrong' })) as ConnectionReport;
      expect(last(steps)?.name).to.match(/^(signIn|Sign-in)$/);
      expect(last(steps)).to.include({ isOk: false });
      expect(last(steps)?.message).to.include('password refused');
      const { hostname, port } = sshd;
      const [event] = await internalsOf(drs).audit.ofServer({ id, hostname, port });
      expect(event).to.include({ detail: 'failed at: Sign-in' });
    });
  }

  it('answers exactly what REST promises', async () => {
    const { username, password } = await sshd.addUser();
    const { body } = await post(admin, { username, password }).expect(200);
    expect(body).to.have.all.keys('isOk', 'steps');
    expect(body.isOk).to.equal(true);
    expect((body.steps as Steps).map(({ name }) => name)).to.deep.equal(all);
    for (const step of body.steps) expect(step).to.have.all.keys('name', 'isOk', 'message');
    const wrong = await post(admin, { username, password: 'wrong' }).expect(200);
    expect(wrong.body.isOk).to.equal(false);
    await post(admin, { user: username }).expect(400);
    await request(url).post(`/drs/servers/${id}/test`).send({}).expect(401);
  });

  it('refuses a passphrase without its key', async () => {
    const { username } = sshd.user;
    const refused = await post(admin, { username, password: 'x', passphrase: 'y' }).expect(400);
    expect(refused.body).to.include({ code: 'invalid_input' });
    expect(refused.body.detail).to.equal(
      'passphrase: is that of a private key: give `privateKey` too, or leave it out',
    );
    const alone = drs.servers.testConnection(id, { username, passphrase: 'y' });
    expect(await alone.catch(codeOf)).to.equal('invalid_input');
  });

  it('wants a name of host code that names nobody, and a key or a password where the app has no key', async () => {
    expect(await drs.servers.testConnection(id).catch(codeOf)).to.equal('invalid_input');
    expect(await drs.servers.testConnection(id, { username: 'ann' }).catch(codeOf)).to.equal(
      'credentials_missing',
    );
    await post(admin, {}).expect(400);
  });

  it('signs in with the key of the app only as the one who asks', async () => {
    const { publicKey, privateKey } = await keyPair();
    const user = await sshd.addUser({ publicKeys: [publicKey] });
    const own = await makeInstance({ identity: { privateKey } });
    const { hostname, port } = sshd;
    const server = await own.models.Server.create({ title: 'Cluster', hostname, port });
    const as = { id: 1, username: user.username, isAdmin: true };
    expect(await own.servers.testConnection(server.id, { as })).to.include({ isOk: true });
    const root = own.servers.testConnection(server.id, { as, username: 'root' });
    expect(await root.catch(codeOf)).to.equal('username_not_allowed');
    expect(await own.servers.testConnection(server.id, { username: user.username })).to.include({
      isOk: true,
    });
  });

  it('fails at the address of a name that nobody has, and of a port where nobody listens', async () => {
    const { Server } = drs.models;
    const nowhere = await Server.create({ title: 'Nowhere', hostname: 'no-such-host.invalid', port: 22 });
    const [step, ...more] = await stepsOf(sshd.user, nowhere.id);
    expect(step).to.include({ name: 'address', isOk: false });
    expect(more).to.deep.equal([]);
    const closed = await Server.create({ title: 'Closed', hostname: '127.0.0.1', port: 1 });
    expect(last(await stepsOf(sshd.user, closed.id))?.message).to.include('nothing listens there');
  });

  it('fails at the host key that nobody approved yet, where somebody must', async () => {
    const strict = await makeInstance({ hostKeys: 'approved-only' });
    const { hostname, port, user } = sshd;
    const server = await strict.models.Server.create({ title: 'Strict', hostname, port });
    const { username, password } = user;
    const { steps } = await strict.servers.testConnection(server.id, { username, password });
    expect(last(steps)).to.include({ name: 'hostKey', isOk: false });
    expect(last(steps)?.message).to.include('SHA256:').and.include('not approved yet');
  });

  it('signs in with key and password together where the server asks for both', async () => {
    const { publicKey, privateKey } = await keyPair();
    const strict = await startSshd({ config: ['AuthenticationMethods publickey,password'] });
    const { username, password } = await strict.addUser({ publicKeys: [publicKey] });
    const { hostname, port } = strict;
    const server = await drs.models.Server.create({ title: 'Strict', hostname, port });
    const { body } = await post(admin, { username, password, privateKey }, server.id).expect(200);
    expect(body.isOk).to.equal(true);
    expect((body.steps as Steps)[2]?.message).to.equal(
      `signed in as ${username}, with the given key and a password`,
    );
  });

  it('goes through jump hosts in the same steps, and tells of each', async () => {
    const { behindId } = await behind([]);
    const user = await userWith('');
    const steps = await stepsOf(user, behindId);
    expect(steps.map(({ name, isOk }) => [name, isOk])).to.deep.equal(all.map((name) => [name, true]));
    expect(steps[0]?.message).to.match(/^jump host Gate port \d+ says SSH-2.0-/);
    expect(steps[1]?.message).to.match(
      /^ssh-ed25519 SHA256:\S+; Gate: ssh-ed25519 SHA256:.*; Bastion: ssh-ed25519 SHA256:/,
    );
    expect(steps[2]?.message).to.include(', through Gate, through Bastion');
  });

  it('fails at the jump host that refuses, or that passes nothing on, with its name', async () => {
    const { behindId, bastion } = await behind(['AllowTcpForwarding no']);
    const user = await userWith('');
    const [stopped, ...more] = await stepsOf(user, behindId);
    expect(more).to.deep.equal([]);
    expect(stopped).to.include({ name: 'address', isOk: false });
    expect(stopped?.message).to.match(/^Jump host Bastion: Cannot reach/);
    expect(stopped?.message).to.include(`127.0.0.1:${bastion.port} refuses to pass connections on`);
    for (const pid of bastion.pids) process.kill(pid, 'SIGKILL');
    internalsOf(drs).transports.ssh.retire({ hostname: bastion.hostname, port: bastion.port });
    const [down] = await stepsOf(user, behindId);
    expect(down).to.include({ name: 'address', isOk: false });
    expect(down?.message).to.match(/^Jump host Bastion: Cannot reach 127/);
    const refused = last(await stepsOf({ ...user, password: 'wrong' }, behindId));
    expect(refused).to.include({ name: 'signIn', isOk: false });
    expect(refused?.message).to.match(/^Jump host Gate: .*password refused/);
  });

  it('fails at the first jump host, with its name, when nothing listens there', async () => {
    const { Server } = drs.models;
    const { hostname, port } = sshd;
    const gate = await Server.create({ title: 'Closed gate', hostname: '127.0.0.1', port: 1 });
    const inner = await Server.create({ title: 'Inner', hostname, port, proxyJump: gate.id });
    const [step, ...more] = await stepsOf(sshd.user, inner.id);
    expect(more).to.deep.equal([]);
    expect(step).to.include({ name: 'address', isOk: false });
    expect(step?.message).to.match(/^Jump host Closed gate: .*nothing listens there/);
  });

  it('says nothing of host keys when the first jump host stops the way, though all are known', async () => {
    const { behindId } = await behind([]);
    const user = await userWith('');
    expect(last(await stepsOf(user, behindId))).to.include({ name: 'scheduler', isOk: true });
    const steps = await stepsOf({ ...user, password: 'wrong' }, behindId);
    expect(steps.map(({ name, isOk }) => [name, isOk])).to.deep.equal([
      ['address', true],
      ['signIn', false],
    ]);
    expect(last(steps)?.message).to.match(/^Jump host Gate: .*password refused/);
  });

  it('fails at the shell with the words of a login shell that takes nobody', async () => {
    const step = last(await stepsOf(await userWith('', { shell: '/usr/sbin/nologin' })));
    expect(step).to.include({ name: 'shell', isOk: false });
    expect(step?.message).to.include('account is currently not available').and.include('exit code 1');
  });

  it('fails at the shell with the words of a restricted login shell', async () => {
    const step = last(await stepsOf(await userWith('', { shell: '/bin/rbash' })));
    expect(step).to.include({ name: 'shell', isOk: false });
    expect(step?.message).to.include('restricted');
  });

  it('fails at the shell, after ten seconds, when start-up files wait', async () => {
    const step = last(await stepsOf(await userWith('echo "Which project?"; exec cat >/dev/null')));
    expect(step).to.include({ name: 'shell', isOk: false });
    expect(step?.message).to.include('began no script within 10 s').and.include('"Which project?"');
  });

  it('fails at the shell, with its words, when the account may open no files', async () => {
    const step = last(await stepsOf(await userWith('ulimit -n 3')));
    expect(step).to.include({ name: 'shell', isOk: false });
    expect(step?.message).to.include('It said: "');
  });

  it('finds an interpreter below the home of the account, and names the one that is missing', async () => {
    const user = await userWith('');
    await mkdir(join(user.home, 'bin'));
    await writeFile(join(user.home, 'bin/fit'), '#!/bin/sh\n');
    await chmod(join(user.home, 'bin/fit'), 0o755);
    const { hostname, port } = sshd;
    const server = await drs.models.Server.create({ title: 'With interpreters', hostname, port });
    const add = async (name: string, path: string): Promise<void> => {
      await server.addInterpreter(await drs.models.Interpreter.create({ name, path, arguments: [] }));
    };
    await add('Fit', '~/bin/fit');
    const found = await stepsOf(user, server.id);
    expect(found[4]).to.include({ name: 'commands', isOk: true });
    expect(found[4]?.message).to.include(`Fit is ${join(user.home, 'bin/fit')}`);
    await add('Gone', '/opt/gone');
    await add('Folder', '/etc');
    const step = last(await stepsOf(user, server.id));
    expect(step).to.include({ name: 'commands', isOk: false });
    expect(step?.message).to.equal(
      'Interpreter Gone: /opt/gone is not there, or is no program. Interpreter Folder: /etc is not there, or is no program.',
    );
  });

  it('names the commands that are missing, and those that are done without', async () => {
    const without = last(await stepsOf(await userWith('PATH=/nowhere; export PATH')));
    expect(without).to.include({ name: 'commands', isOk: false });
    expect(without?.message).to.include('Missing: mkdir, chmod, ln');
    const folder = await temporaryFolder('path');
    await chmod(folder, 0o755);
    const there =
      'sh mkdir chmod ln rm mv mkfifo cat head wc ls sleep id tee tail find stat xargs dd cksum setsid';
    for (const name of there.split(' ')) {
      await symlink((await findCommand(name)) ?? '/nowhere', join(folder, name));
    }
    const steps = await stepsOf(await userWith(`PATH=${folder}; export PATH`));
    expect(steps[4]?.message).to.equal('all that is needed is there; done without tar');
    expect(last(steps)).to.include({ name: 'scheduler', isOk: true });
  });

  it('makes the control root where attempts would have it, and leaves nothing else there', async () => {
    const user = await userWith('');
    const own = await stepsOf(user);
    expect(own[5]).to.include({ name: 'directory', isOk: true, message: join(user.home, '.drs') });
    expect(await readdir(join(user.home, '.drs'))).to.deep.equal(['id']);
    const { hostname, port } = sshd;
    const { id: other } = await drs.models.Server.create({
      ...{ title: 'Elsewhere', hostname, port, controlDirectory: '/proc/drs' },
    });
    const elsewhere = await elsewhereOf(user);
    const fallback = (await stepsOf(user, other))[5];
    await elsewhereOf(user);
    expect(fallback).to.include({ name: 'directory', isOk: true });
    expect(fallback?.message).to.match(new RegExp(`^${elsewhere}, since: .*/proc/drs`));
  });

  it('fails at the directory that cannot be had, in the words of the server', async () => {
    const user = await userWith('');
    await mkdir(join(user.home, '.drs'));
    const taken = await elsewhereOf(user);
    await writeFile(taken, '');
    await chown(taken, 0, 0);
    const step = last(await stepsOf(user));
    await elsewhereOf(user);
    expect(step).to.include({ name: 'directory', isOk: false });
    expect(step?.message).to.include(`${user.home}/.drs is no directory of this account; mkdir: `);
  });
});
