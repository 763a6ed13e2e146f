/** `drs host-key` and `drs test`, with a real sshd. */

import { expect } from 'chai';
import { userInfo } from 'node:os';
import { internalsOf } from '../../lib/internals.js';
import { createRemoteSubmission, type RemoteSubmission } from '../../lib/remote-submission.js';
import { testDatabase } from '../support/postgres.js';
import { testRedis } from '../support/redis.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { runDrs } from './drs-process.js';

describe('the commands of a server', function () {
  this.timeout(120_000);
  let env: NodeJS.ProcessEnv;
  let sshd: Sshd;
  let drs: RemoteSubmission;
  let id: number;

  before(async () => {
    env = {
      DATABASE_URL: await testDatabase(),
      REDIS_URL: await testRedis(),
      DRS_SECRET: 'a secret of the tests',
    };
    sshd = await startSshd();
    drs = createRemoteSubmission({
      databaseUrl: env.DATABASE_URL ?? '',
      redisUrl: env.REDIS_URL ?? '',
      secret: env.DRS_SECRET ?? '',
    });
    await drs.migrate();
    const { hostname, port } = sshd;
    ({ id } = await drs.models.Server.create({ title: 'Cluster', hostname, port }));
  });
  after(() => drs?.close());

  const signIn = (): [string[], NodeJS.ProcessEnv] => {
    const { username, password } = sshd.user;
    return [['--username', username], { ...env, DRS_PASSWORD: password }];
  };
  const eventsOf = async () => {
    const { hostname, port } = sshd;
    return internalsOf(drs).audit.ofServer({ id, hostname, port });
  };

  it('tries the connection, and exits with 0 when every step went well', async () => {
    const [flags, withPassword] = signIn();
    const { code, stdout, stderr } = await runDrs(['test', 'Cluster', ...flags], withPassword);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(
      /^ok {6}Address: port \d+ says SSH-2.0-.* \(\d+ ms\)\nok {6}Host key: ssh-ed25519 /,
    );
    expect(stdout.trimEnd().split('\n')).to.have.length(7);
    const [event] = await eventsOf();
    expect(event).to.include({ action: 'connection_tested', username: `${userInfo().username} (drs)` });
  });

  it('exits with 125 when a step fails, and prints JSON as REST does', async () => {
    const [flags] = signIn();
    const wrong = { ...env, DRS_PASSWORD: 'wrong' };
    const failed = await runDrs(['test', String(id), ...flags], wrong);
    expect(failed).to.include({ code: 125, stderr: '' });
    expect(failed.stdout).to.match(/\nFAILED  Sign-in: .*password refused/);
    const { code, stdout } = await runDrs(['test', String(id), ...flags, '--json'], wrong);
    const report = JSON.parse(stdout);
    expect(code).to.equal(125);
    expect(report.isOk).to.equal(false);
    expect(report.steps[0]).to.have.all.keys('name', 'isOk', 'message');
    expect(report.steps.map(({ name }: { name: string }) => name)).to.deep.equal([
      'address',
      'hostKey',
      'signIn',
    ]);
    expect(stdout).not.to.include('wrong');
  });

  it('says what there is when no server is called so, and what to give when there is no key', async () => {
    const unknown = await runDrs(['test', 'Gone'], env);
    expect(unknown).to.include({ code: 125, stdout: '' });
    expect(unknown.stderr).to.include(`${id}  Cluster`);
    const bare = await runDrs(['test', 'Cluster'], env);
    expect(bare.stderr).to.include('Give a password or a private key');
    expect(bare.code).to.equal(125);
  });

  it('shows the host key, approves it, refuses another fingerprint, and forgets it', async () => {
    const [flags, withPassword] = signIn();
    await runDrs(['test', 'Cluster', ...flags], withPassword);
    const { hostKey } = await drs.hostKeys.get(id);
    const fingerprint = hostKey?.fingerprint ?? '';
    const shown = await runDrs(['host-key', 'Cluster'], env);
    expect(shown).to.include({ code: 0, stderr: '' });
    expect(shown.stdout).to.match(/^ssh-ed25519 SHA256:\S+ \(trusted since it was first seen, /);
    const wrong = await runDrs(['host-key', 'Cluster', '--approve', 'SHA256:other'], env);
    expect(wrong).to.include({ code: 125, stdout: '' });
    expect(wrong.stderr).to.include(`is ${fingerprint}, not SHA256:other`);
    const approved = await runDrs(['host-key', 'Cluster', '--approve', fingerprint, '--json'], env);
    const answer = JSON.parse(approved.stdout);
    expect(answer.hostKey).to.have.all.keys('type', 'fingerprint', 'isApproved', 'firstSeenAt');
    expect(answer).to.deep.include({ offered: null });
    const forgotten = await runDrs(['host-key', 'Cluster', '--forget'], env);
    expect(forgotten.stdout).to.match(/^No key is pinned/);
    expect(await drs.hostKeys.get(id)).to.deep.equal({ hostKey: null, offered: null });
    const who = `${userInfo().username} (drs)`;
    expect((await eventsOf()).slice(0, 2).map(({ username, action }) => [username, action])).to.deep.equal([
      [who, 'host_key_forgotten'],
      [who, 'host_key_approved'],
    ]);
    const both = await runDrs(['host-key', 'Cluster', '--forget', '--approve', fingerprint], env);
    expect(both.code).to.equal(64);
  });
});
