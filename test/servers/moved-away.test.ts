import { expect } from 'chai';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { sharedSshd, startSshd, type Sshd } from '../support/sshd.js';
import { gate, openFolder, shellJobs, type ShellJobs } from './support.js';

describe('a program that takes its own directory away', () => {
  let jobs: ShellJobs;
  let sshd: Sshd;
  before(async () => {
    jobs = await shellJobs();
    sshd = await sharedSshd();
  });

  const move = 'here=$PWD; cd ..; mv "$here" "$here.done.$$"';

  it('by moving it begins once, and ends as it said, with a note', async () => {
    const seen = await jobs.run(sshd, `echo 1 >a.csv; ${move}; echo out`);
    expect(seen).to.deep.include({ status: 'success', exitCode: 0, starts: 1, files: [] });
    expect(seen).to.include({ stdout: 'out\n', stderr: '' });
    expect(seen.message).to.contain('directory').and.contain('gone');
  });

  it('after much output loses none of it, nor its exit code', async () => {
    const seen = await jobs.run(sshd, `head -c 1000000 /dev/zero | tr '\\0' x; ${move}; exit 3`);
    expect(seen).to.include({ status: 'failure', failureReason: 'exit', exitCode: 3, starts: 1, stderr: '' });
    expect(seen.stdout).to.equal('x'.repeat(1_000_000));
  });

  it('and makes another one in its place begins once', async () => {
    const seen = await jobs.run(sshd, `echo 1 >a.csv; ${move}; mkdir "$here"; echo out`);
    expect(seen).to.include({ status: 'success', exitCode: 0, starts: 1, stdout: 'out\n', stderr: '' });
  });

  it('or the control root before anybody has read its output ends as it said, and tells that this is gone', async () => {
    const seen = await jobs.run(await startSshd(), 'rm -rf ~/.drs; echo 42 >out.csv; echo fine; exit 3');
    expect(seen).to.deep.include({ failureReason: 'exit', exitCode: 3, starts: 1, files: ['out.csv'] });
    expect(seen.message).to.contain('its control directory were removed');
  });

  it('or empties what holds its output ends as it said, and tells that some is gone', async () => {
    const { wait, open } = await gate();
    const submitted = await jobs.submit(sshd, `echo many words; ${wait}; : >"$DRS_CONTROL_DIRECTORY/out"`);
    await submitted.printed('many words');
    await open();
    const seen = await submitted.seen();
    expect(seen).to.include({ status: 'success', exitCode: 0, starts: 1 });
    expect(seen.message).to.contain('removed or emptied');
  });

  for (const wipe of ['rm -rf .drs', 'git init -q . && git clean -fdxq']) {
    it(`or what is in it, by ${wipe}, ends as it said, with its results`, async () => {
      const seen = await jobs.run(sshd, `${wipe}; echo 42 >out.csv; echo fine; exit 3`, {
        storeResults: ['*.csv'],
      });
      expect(seen).to.include({ status: 'failure', failureReason: 'exit', exitCode: 3, starts: 1 });
      expect(seen).to.deep.include({ stdout: 'fine\n', stderr: '', files: ['out.csv'] });
    });
  }
});

for (const [where, wipe] of [
  ['in its directory', 'rm -rf ./.drs'],
  ['in its home, too', 'rm -rf ./.drs ~/.drs'],
  ['and all empty folders', 'rm -rf ~/.drs; find . -type d -empty -delete'],
] as const) {
  describe(`a program that has removed every .drs ${where}`, () => {
    let jobs: ShellJobs;
    let sshd: Sshd;
    before(async () => {
      jobs = await shellJobs();
      sshd = await startSshd();
    });
    after(() => Promise.all([jobs.drs.close(), sshd.stop()]));

    /** Its output is read when it wipes: what nobody has read yet is gone with the control directory. */
    const submitWiping = async (rest: string) => {
      const seenTo = await gate();
      const submitted = await jobs.submit(sshd, `echo begun; ${seenTo.wait}; ${wipe}; echo wiped; ${rest}`);
      await submitted.printed('begun');
      await seenTo.open();
      await submitted.printed('wiped');
      return submitted;
    };
    const submitWaiting = async () => {
      const { wait, open } = await gate();
      return { ...(await submitWiping(`${wait}; echo 1 >a.csv; exit 4`)), open };
    };

    it('is not started again when its connection is killed, nor said not to have begun', async () => {
      const { open, noted, seen } = await submitWaiting();
      sshd.cut();
      expect(await noted('Out of reach'))
        .to.contain('may still run')
        .and.not.contain('disk');
      await open();
      const ended = await seen();
      expect(ended).to.include({ failureReason: 'exit', exitCode: 4, starts: 1 });
      expect(ended.files).to.deep.equal(['a.csv']);
    });

    it('is not started again by the next worker', async () => {
      const { open, seen } = await submitWaiting();
      await jobs.changeWorker();
      await open();
      const ended = await seen();
      expect(ended).to.include({ failureReason: 'exit', exitCode: 4, starts: 1 });
      expect(ended.files).to.deep.equal(['a.csv']);
    });

    it('is ended by a cancel', async () => {
      const counter = join(await openFolder(), `counter-${wipe.length}`);
      const { job, seen } = await submitWiping(`while :; do echo x >>${counter}; sleep 0.1; done`);
      await jobs.drs.cancelJob(job.id);
      expect(await seen()).to.include({ status: 'cancelled', starts: 1 });
      const lines = await readFile(counter, 'utf8');
      await jobs.run(sshd, 'sleep 0.5');
      expect(await readFile(counter, 'utf8')).to.equal(lines);
    });
  });
}
