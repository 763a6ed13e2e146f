/** The test of a connection, against a real sshd whose accounts are set up in odd ways. */

import { expect } from 'chai';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import type { Step } from '../../admin/actions/test-connection.js';
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
  const stepsOf = async ({ username, password }: SshdUser): Promise<Step[]> => {
    const { body } = await request(url)
      .post(`/admin/api/resources/drs-servers/records/${id}/testConnection`)
      .set('x-user', admin.username)
      .field('username', username)
      .field('password', password)
      .expect(200);
    return body.steps;
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
