import { expect } from 'chai';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mountSmallDisk } from '../support/small-disk.js';
import { sharedSshd, startSshd, type Sshd } from '../support/sshd.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { shellJobs, type ShellJobs } from './support.js';

describe('a program that takes rights away', () => {
  let jobs: ShellJobs;
  let sshd: Sshd;
  before(async () => {
    jobs = await shellJobs();
    sshd = await sharedSshd();
  });

  const protections = [
    'chmod -R a-w .',
    'find . -type f -exec chmod 400 {} +',
    'chmod a-w .',
    'mkdir -p .drs; chmod 000 .drs',
    'chmod 500 . ~/.drs ~/.drs/*',
    'chmod -R 000 ~/.drs',
    'chmod 000 ~/.drs/*/*',
    'chmod -R a-w ~',
  ];
  for (const protect of protections) {
    /** In a home of its own. */
    const submit = async (program: string, options: { timeoutMs?: number } = {}) =>
      jobs.submit({ ...sshd, user: await sshd.addUser() }, program, options);

    const itEnds = async () => {
      const { seen } = await submit(`echo 1 >a.csv; echo begun; ${protect}; echo out; exit 3`);
      const ended = await seen();
      expect(ended).to.include({ failureReason: 'exit', exitCode: 3, starts: 1, stdout: 'begun\nout\n' });
      expect(ended.files).to.deep.equal(['a.csv']);
    };
    const itsTimeoutEnds = async () => {
      const { seen } = await submit(`${protect}; echo $$; sleep 300`, { timeoutMs: 1_000 });
      const ended = await seen();
      expect(ended).to.include({ failureReason: 'timeout', starts: 1 });
      await expectGone(ended.stdout);
    };
    const itsCancelEnds = async () => {
      const { job, printed, seen } = await submit(`echo begun $$; ${protect}; echo on; sleep 300`);
      await printed('on');
      await jobs.drs.cancelJob(job.id);
      const ended = await seen();
      expect(ended).to.include({ status: 'cancelled', starts: 1 });
      await expectGone(ended.stdout.replace(/\D/g, ''));
    };

    it(`by ${protect} ends as it said, by its timeout, and by a cancel`, async () => {
      await Promise.all([itEnds(), itsTimeoutEnds(), itsCancelEnds()]);
    });
  }
});

async function expectGone(pid: string): Promise<void> {
  const command = await readFile(`/proc/${pid.trim()}/cmdline`, 'utf8').catch(() => '');
  expect(command).not.to.contain('job.sh');
}

describe('a program that takes rights away while what reads its output comes up', () => {
  for (const protect of ['chmod -R 000 ~/.drs', 'chmod 000 ~/.drs/*/*']) {
    it(`by ${protect} is shown live`, async () => {
      const jobs = await shellJobs();
      const folder = await temporaryFolder('late-tail');
      await writeFile(
        join(folder, 'tail'),
        `#!/bin/sh\nsleep 0.3\nPATH=${process.env.PATH}\nexec tail "$@"\n`,
      );
      await chmod(join(folder, 'tail'), 0o755);
      await chmod(folder, 0o755);
      const late = await startSshd({ config: [`SetEnv PATH=${folder}:${process.env.PATH}`] });
      const program = `echo begun; ${protect} 2>/dev/null; echo later; echo later >&2; sleep 300`;
      const { job, printed, seen } = await jobs.submit(late, program);
      await printed('later');
      await jobs.drs.cancelJob(job.id);
      const ended = await seen();
      expect(ended).to.include({
        status: 'cancelled',
        starts: 1,
        stdout: 'begun\nlater\n',
        stderr: 'later\n',
      });
    });
  }
});

describe('a working directory on a disk that is full', () => {
  it('is said after some tries, with the words of the server, and what lay there stays', async () => {
    const jobs = await shellJobs();
    const sshd = await sharedSshd();
    const user = await sshd.addUser();
    const small = await mountSmallDisk({ path: join(user.home, 'small'), bytes: 64 * 1024, owner: user });
    await writeFile(join(small.path, 'job.sh'), 'echo before\n');
    await small.fill();
    const program = `echo out\n# ${'x'.repeat(8_000)}\n`;
    const fixture = { remoteDirectory: '~/small', remoteFilename: 'job.sh' };
    const seen = await jobs.run({ ...sshd, user }, program, { fixture });
    expect(seen).to.include({ failureReason: 'rejected', exitCode: null, starts: 0, stdout: '' });
    expect(seen.message).to.contain('No space left on device');
    expect(await readFile(join(small.path, 'job.sh'), 'utf8')).to.equal('echo before\n');
    await small.free();
    expect(await jobs.run({ ...sshd, user }, program, { fixture })).to.include({
      stdout: 'out\n',
      starts: 1,
    });
  }).timeout(90_000);
});
