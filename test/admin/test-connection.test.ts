/** The test of a connection, against a real sshd whose accounts are set up in odd ways. */

import { expect } from 'chai';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import type { Step } from '../../admin/actions/test-connection.js';
import { internalsOf } from '../../lib/internals.js';
import type { ServerModel } from '../../lib/models/define-models.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { keyPair } from '../transports/support.js';
import { sharedSshd, startSshd, type Sshd, type SshdUser, type SshdUserOptions } from '../support/sshd.js';
import { admin, makeInstance, serve } from './support/panel-app.js';

describe('the test of a connection', () => {
  let drs: RemoteSubmission;
  let sshd: Sshd;
  let url: string;
  let id: number;

  before(async () => {
    sshd = await sharedSshd();
    drs = await makeInstance();
    url = await serve(drs);
    const { hostname, port } = sshd;
    ({ id } = await drs.models.Server.create({ title: 'Cluster', hostname, port }));
  });

  const userWith = async (bashrc: string, options: SshdUserOptions = {}): Promise<SshdUser> => {
    const user = await sshd.addUser(options);
    await writeFile(join(user.home, '.bashrc'), bashrc);
    return user;
  };
  const stepsOf = async ({ username, password }: SshdUser, of = id): Promise<Step[]> => {
    const { body } = await request(url)
      .post(`/admin/api/resources/drs-servers/records/${of}/testConnection`)
      .set('x-user', admin.username)
      .field('username', username)
      .field('password', password)
      .expect(200);
    return body.steps;
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
  const last = (steps: Step[]) => steps.at(-1);

  it('signs in with key and password together where the server asks for both', async () => {
    const { publicKey, privateKey } = await keyPair();
    const strict = await startSshd({ config: ['AuthenticationMethods publickey,password'] });
    const { username, password } = await strict.addUser({ publicKeys: [publicKey] });
    const { hostname, port } = strict;
    const server = await drs.models.Server.create({ title: 'Strict', hostname, port });
    const { body } = await request(url)
      .post(`/admin/api/resources/drs-servers/records/${server.id}/testConnection`)
      .set('x-user', admin.username)
      .field({ username, password, privateKey })
      .expect(200);
    const steps = body.steps as Step[];
    expect(last(steps)).to.include({ name: 'Shell', isDone: true });
    expect(steps[2]?.message).to.equal(`the given key and a password, as ${username}`);
  });

  it('says of each jump host on the way that it works', async () => {
    const { behindId } = await behind([]);
    const user = await userWith('');
    const steps = await stepsOf(user, behindId);
    expect(steps.map(({ name, isDone }) => [name, isDone])).to.deep.equal(
      [
        ...['Name of Gate', 'Port of Gate', 'Key or password', 'Jump host Gate', 'Jump host Bastion'],
        ...['Host key', 'Sign-in', 'Shell'],
      ].map((name) => [name, true]),
    );
    expect(steps[4]?.message).to.match(
      new RegExp(`^signed in as ${user.username}, host key ssh-ed25519 SHA256:`),
    );
  });

  it('fails at the jump host that refuses, or that passes nothing on, with its name', async () => {
    const { behindId, bastion } = await behind(['AllowTcpForwarding no']);
    const user = await userWith('');
    const stopped = last(await stepsOf(user, behindId));
    expect(stopped).to.include({ name: 'Sign-in', isDone: false });
    expect(stopped?.message).to.include(`127.0.0.1:${bastion.port} refuses to pass connections on`);
    for (const pid of bastion.pids) process.kill(pid, 'SIGKILL');
    internalsOf(drs).transports.ssh.retire({ hostname: bastion.hostname, port: bastion.port });
    const down = last(await stepsOf(user, behindId));
    expect(down).to.include({ name: 'Jump host Bastion', isDone: false });
    const refused = last(await stepsOf({ ...user, password: 'wrong' }, behindId));
    expect(refused).to.include({ name: 'Jump host Gate', isDone: false });
    expect(refused?.message).to.include('password refused');
  });

  it('fails at the shell with the words of a login shell that takes nobody', async () => {
    const step = last(await stepsOf(await userWith('', { shell: '/usr/sbin/nologin' })));
    expect(step).to.include({ name: 'Shell', isDone: false });
    expect(step?.message).to.include('account is currently not available').and.include('exit code 1');
  });

  it('fails at the shell with the words of a restricted login shell', async () => {
    const step = last(await stepsOf(await userWith('', { shell: '/bin/rbash' })));
    expect(step).to.include({ name: 'Shell', isDone: false });
    expect(step?.message).to.include('restricted');
  });

  it('fails at the shell, after ten seconds, when start-up files wait', async () => {
    const step = last(await stepsOf(await userWith('echo "Which project?"; exec cat >/dev/null')));
    expect(step).to.include({ name: 'Shell', isDone: false });
    expect(step?.message).to.include('began no script within 10 s').and.include('"Which project?"');
  });

  it('fails at the shell, with its words, when the account may open no files', async () => {
    const step = last(await stepsOf(await userWith('ulimit -n 3')));
    expect(step).to.include({ name: 'Shell', isDone: false });
    expect(step?.message).to.include('It said: "');
  });

  it('finds an interpreter below the home of the account', async () => {
    const user = await userWith('');
    await mkdir(join(user.home, 'bin'));
    await writeFile(join(user.home, 'bin/fit'), '#!/bin/sh\n');
    await chmod(join(user.home, 'bin/fit'), 0o755);
    const home = await drs.models.Interpreter.create({ name: 'Fit', path: '~/bin/fit', arguments: [] });
    const server = await drs.models.Server.findByPk(id, { rejectOnEmpty: true });
    await server.addInterpreter(home);
    const step = last(await stepsOf(user));
    expect(step).to.include({ name: 'Interpreter Fit', isDone: true });
    expect(step?.message).to.equal(join(user.home, 'bin/fit'));
  });
});
