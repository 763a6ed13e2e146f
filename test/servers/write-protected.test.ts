import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { sharedSshd, type Sshd } from '../support/sshd.js';
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
