import { expect } from 'chai';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lib/embedded/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { sharedSshd, startSshd, type Sshd, type SshdUser } from '../support/sshd.js';
import { gate, shellJobs, type ShellJobs } from './support.js';

describe('the output of a program', () => {
  let jobs: ShellJobs;
  let sshd: Sshd;
  before(async () => {
    jobs = await shellJobs();
    sshd = await sharedSshd();
  });

  /** A new account whose shells begin with these lines. */
  const accountWith = async (bashrc: string): Promise<SshdUser> => {
    const user = await sshd.addUser();
    await writeFile(join(user.home, '.bashrc'), `${bashrc}\n`);
    return user;
  };

  const lines = (letter: string, most: number) =>
    Array.from({ length: most }, (_, i) => `${letter}${i + 1}\n`).join('');
  for (const [what, program, stdout, stderr] of [
    [
      '/dev/stderr, line by line',
      'for i in 1 2 3; do echo "e$i" >/dev/stderr; sleep 0.2; done',
      '',
      lines('e', 3),
    ],
    ['/dev/stderr, at once', 'for i in 1 2 3; do echo "e$i" >/dev/stderr; done', '', lines('e', 3)],
    ['tee /dev/stderr', 'for i in 1 2; do echo e$i | tee /dev/stderr; done', lines('e', 2), lines('e', 2)],
    ['/dev/stderr after >&2', 'echo e1 >&2; echo e2 >/dev/stderr', '', lines('e', 2)],
    ['/dev/stdout after much else', 'seq -f o%.0f 1999; echo o2000 >/dev/stdout', lines('o', 2000), ''],
  ] as const) {
    it(`loses nothing that goes to ${what}, under either policy`, async () => {
      for (const logPolicy of ['live', 'total'] as const)
        expect(await jobs.run(sshd, program, { logPolicy })).to.include({
          status: 'success',
          stdout,
          stderr,
        });
    });
  }

  it('is whole, and holds nothing else, though no file can be watched any more', async () => {
    const user = await sshd.addUser();
    const place = { ...sshd, user };
    const { wait, open } = await gate();
    const use = `import ctypes, time
libc = ctypes.CDLL(None)
count = 0
while libc.inotify_init() >= 0: count += 1
print(count > 0, flush=True)
import os, subprocess
subprocess.call(['sh', '-c', ${JSON.stringify(wait)}])`;
    const python = { path: 'python3' };
    const hog = await jobs.submit(place, use, { fixture: { interpreter: python } });
    await hog.printed('True');
    const warnings = 'i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo w$i >&2; done';
    const program = `${warnings}; sleep 1; echo 'ValueError: bad input' >&2; exit 1`;
    const seen = await jobs.run(place, program);
    await open();
    await hog.seen();
    expect(seen).to.include({ exitCode: 1, stdout: '', stderr: `${lines('w', 30)}ValueError: bad input\n` });
  });

  it('comes once, though start-up files send stderr to stdout', async () => {
    const user = await accountWith('exec 2>&1');
    const seen = await jobs.run({ ...sshd, user }, 'echo out; echo err >&2; sleep 0.5; echo end');
    expect(seen).to.include({ status: 'success', stdout: 'out\nend\n', stderr: 'err\n' });
  });

  it('is whole where start-up files close standard error', async () => {
    const user = await accountWith('exec 2>&-');
    const seen = await jobs.run({ ...sshd, user }, 'echo out; echo err >&2; exit 3');
    expect(seen).to.include({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('is all that is stored where few processes may be started, or it says that it did not begin', async () => {
    const counts = [2, 3, 4, 5, 6, 7, 8, 10, 16];
    const all = counts.map(async (most) => {
      const user = await accountWith(`ulimit -u ${most}`);
      return jobs.run({ ...sshd, user }, 'echo out; echo err >&2');
    });
    for (const { status, failureReason, message, stdout, stderr, starts } of await Promise.all(all)) {
      if (status === 'success') {
        expect({ stdout, stderr, starts }).to.deep.equal({ stdout: 'out\n', stderr: 'err\n', starts: 1 });
      } else {
        expect(message).to.match(/Cannot fork|process/);
        expect({ stdout, stderr }).to.deep.equal({ stdout: '', stderr: '' });
        expect(starts).to.equal(failureReason === 'rejected' ? 0 : starts);
        expect(starts).to.be.at.most(1);
      }
    }
  });

  it('does not begin where few files may be open at a time, and the message says so', async () => {
    for (const most of [6, 8, 12, 19]) {
      const user = await accountWith(`ulimit -n ${most}`);
      const seen = await jobs.run({ ...sshd, user }, 'echo out');
      expect(seen).to.include({ failureReason: 'rejected', starts: 0, stdout: '' });
      expect(seen.message).to.include(`too few open files are allowed here (ulimit -n ${most})`);
    }
    const user = await accountWith('ulimit -n 20');
    const seen = await jobs.run({ ...sshd, user }, 'echo out; echo err >&2; echo 1 >a.csv');
    expect(seen).to.deep.include({ status: 'success', stdout: 'out\n', stderr: 'err\n', files: ['a.csv'] });
  });

  it('does not begin where a start-up file is ended by a signal that the protocol has no name for', async () => {
    const user = await accountWith('ulimit -f 0; exec cat /etc/passwd >~/copy');
    const { failureReason, message } = await jobs.run({ ...sshd, user }, 'echo out');
    expect(failureReason).to.equal('rejected');
    expect(message).to.include('(a signal that the server does not name)').and.not.include('@');
  });

  it('goes on when what follows it on the server is killed', async () => {
    const { wait, open } = await gate();
    const user = await sshd.addUser();
    const { printed, seen } = await jobs.submit({ ...sshd, user }, `echo begun; ${wait}; echo end`);
    await printed('begun');
    const { stdout } = await runCommand('pgrep', ['-u', user.username, '-f', '^/bin/sh -c unset TMOUT']);
    const pids = stdout.split('\n').filter((line) => line !== '');
    expect(pids).not.to.deep.equal([]);
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
    await open();
    expect(await seen()).to.include({ status: 'success', starts: 1, stdout: 'begun\nend\n', stderr: '' });
  });

  describe('on a server whose PATH holds little', () => {
    const commands =
      'sh mkdir mkfifo tee mv rm cat head wc cksum chmod ls sleep dd sed grep tr id uname stat ln kill find tar cp date env printf seq touch bash';
    const sshdWith = async (left: (name: string) => boolean): Promise<Sshd> => {
      const folder = await temporaryFolder('path');
      await chmod(folder, 0o755);
      for (const name of commands.split(' ').filter(left)) {
        await symlink(`/usr/bin/${name}`, join(folder, name)).catch(() => undefined);
      }
      return startSshd({ config: [`SetEnv PATH=${folder}`] });
    };

    for (const [what, left] of [
      ['no setsid and no tail', () => true],
      ['neither find nor tar', (name: string) => !['find', 'tar'].includes(name)],
    ] as const) {
      it(`and ${what} comes as it is printed, and no result is missed`, async () => {
        const poor = await sshdWith(left);
        const { wait, open } = await gate();
        const begin = 'command -v setsid; command -v tail; echo out; echo err >&2';
        const { printed, seen } = await jobs.submit(poor, `${begin}; ${wait}; echo 1 >a.csv; echo end`);
        await printed('out');
        await open();
        expect(await seen()).to.deep.include({
          ...{ status: 'success', message: null, stdout: 'out\nend\n', stderr: 'err\n', files: ['a.csv'] },
        });
      });
    }
  });
});
