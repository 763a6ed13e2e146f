import { expect } from 'chai';
import ssh2 from 'ssh2';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lib/embedded/run-command.js';
import { ssh } from '../../lib/transports/ssh.js';
import { sharedSshd, startSshd, type Sshd, type SshdUser } from '../support/sshd.js';
import { memoryHostKeys } from '../transports/memory-host-keys.js';
import { until } from '../worker/support.js';
import { gate, shellJobs, type ShellJobs } from './support.js';

describe('a job for an account that may run nothing', () => {
  let jobs: ShellJobs;
  let sshd: Sshd;
  before(async () => {
    jobs = await shellJobs();
    sshd = await sharedSshd();
  });

  interface Expected {
    reason: 'rejected' | 'auth';
    words: string;
    server?: Sshd;
    privateKey?: string;
  }

  /** It ends after one try, within seconds, with the server's own words. */
  const expectRefused = async (user: SshdUser, { reason, words, server = sshd, privateKey }: Expected) => {
    const { hostname, port } = server;
    const credential = privateKey ? { privateKey, password: undefined } : {};
    const { job, seen } = await jobs.submit({ hostname, port, user }, 'echo out', credential);
    const ended = await seen();
    expect(ended).to.include({ status: 'failure', failureReason: reason, exitCode: null, starts: 0 });
    expect(ended).to.include({ stdout: '', stderr: '' });
    expect(ended.message).to.contain(words);
    const { claims, summary, message } = await jobs.drs.explainJob(job.id);
    expect([claims, message]).to.deep.equal([1, ended.message]);
    expect(summary).to.contain(`has ended (${reason})`);
  };

  it('is rejected with the words of a forced command', async () => {
    const { private: privateKey, public: key } = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    const forced = `command="echo 'Please sign in as the user \\"ubuntu\\".'; sleep 1; exit 142"`;
    const user = await sshd.addUser({ publicKeys: [`${forced} ${key}`] });
    await expectRefused(user, {
      reason: 'rejected',
      words: 'Please sign in as the user "ubuntu".',
      privateKey,
    });
  });

  it('is rejected with the words of nologin', async () => {
    const user = await sshd.addUser({ shell: '/usr/sbin/nologin' });
    await expectRefused(user, { reason: 'rejected', words: 'This account is currently not available.' });
  });

  it('is rejected with the words of a restricted shell', async () => {
    const user = await sshd.addUser({ shell: '/bin/rbash' });
    await expectRefused(user, { reason: 'rejected', words: 'restricted' });
  });

  it('ends as auth when its password has expired', async () => {
    const server = await startSshd({ config: ['UsePAM yes'] });
    await runCommand('chage', ['-d', '0', server.user.username]);
    await expectRefused(server.user, { reason: 'auth', words: 'expired', server });
  });

  it('ends as auth when the account has expired, with the words that were said before the sign-in', async () => {
    const server = await startSshd({ config: ['UsePAM yes'] });
    await runCommand('chage', ['-E', '1', server.user.username]);
    await expectRefused(server.user, { reason: 'auth', words: 'Your account has expired', server });
  });
});

describe('a login shell that waits', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await sharedSshd();
  });

  const waitingUser = async () => {
    const user = await sshd.addUser();
    await writeFile(join(user.home, '.bashrc'), 'echo Which project?; exec cat >/dev/null\n');
    return user;
  };
  const impatient = () =>
    shellJobs({ transports: { ssh: ssh({ hostKeys: memoryHostKeys(), greetingMs: 1_500 }) } });

  it('is told in its own words as soon as its time is over, and others on that server go on', async () => {
    const jobs = await impatient();
    const waiting = await jobs.submit({ ...sshd, user: await waitingUser() }, 'echo out');
    expect(await jobs.run(sshd, 'echo out')).to.include({ status: 'success', stdout: 'out\n' });
    const seen = await waiting.seen();
    expect(seen).to.include({ failureReason: 'rejected', starts: 0 });
    expect(seen.message).to.contain('began no script within 1.5 s').and.contain('Which project?');
  });

  it('holds up no cancel: it is final at once', async () => {
    const jobs = await shellJobs();
    const { job, starts } = await jobs.submit({ ...sshd, user: await waitingUser() }, 'echo out');
    await until(async () => (await jobs.drs.explainJob(job.id)).isHeld);
    expect(await jobs.drs.cancelJob(job.id)).to.include({ status: 'cancelled' });
    expect(await starts()).to.equal(0);
    expect(await job.reload()).to.include({ status: 'cancelled' });
  });

  it('while a job runs there is waited for, in its own words, and the job goes on', async () => {
    const jobs = await impatient();
    const server = await startSshd();
    const { wait, open } = await gate();
    const { job, printed, noted, seen } = await jobs.submit(server, `echo begun; ${wait}; echo end; exit 3`);
    await printed('begun');
    const bashrc = join(server.user.home, '.bashrc');
    await writeFile(bashrc, 'echo Which project?; exec cat >/dev/null\n');
    server.cut();
    await noted('Which project?');
    expect((await jobs.drs.explainJob(job.id)).summary).to.contain('Which project?');
    await writeFile(bashrc, '');
    await open();
    await jobs.drs.requeueJob(job.id);
    expect(await seen()).to.include({
      failureReason: 'exit',
      exitCode: 3,
      starts: 1,
      stdout: 'begun\nend\n',
    });
  });
});
