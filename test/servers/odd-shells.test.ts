import { expect } from 'chai';
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCommand } from '../../lib/embedded/install.js';
import { sharedSshd, startSshd, type Sshd, type SshdNode, type SshdUser } from '../support/sshd.js';
import { shellJobs, type ShellJobs } from './support.js';

const shells = [
  { command: 'dash', debianPackage: 'dash' },
  { command: 'bash', debianPackage: 'bash' },
  { command: 'busybox', debianPackage: 'busybox' },
  { command: 'mksh', debianPackage: 'mksh' },
  { command: 'zsh', debianPackage: 'zsh' },
];

for (const shell of shells) {
  describe(`a program on a server where ${shell.command} is /bin/sh`, () => {
    let jobs: ShellJobs;
    let place: SshdNode & { user: SshdUser };
    before(async () => {
      jobs = await shellJobs();
      const sshd = await startSshd();
      const path = await ensureCommand(shell);
      const mounting = ['sh', '-c', `mount --bind ${path} /usr/bin/dash; exec "$@"`, 'sh'];
      place = { ...(await sshd.addNode({ through: ['unshare', '-m', ...mounting] })), user: sshd.user };
    });

    it('ends with its exit code, whatever that is', async () => {
      const codes = [0, 1, 126, 127, 128, 160, 165, 193, 200, 254, 255];
      const all = await Promise.all(codes.map((code) => jobs.run(place, `exit ${code}`)));
      expect(all.map(({ exitCode, signal }) => [exitCode, signal])).to.deep.equal(
        codes.map((code) => [code, null]),
      );
    });

    it('ends by the signal that ended it', async () => {
      const signals = ['KILL', 'SEGV', 'TERM'];
      const all = await Promise.all(signals.map((name) => jobs.run(place, `kill -s ${name} $$; sleep 5`)));
      expect(all.map(({ exitCode, signal }) => [exitCode, signal])).to.deep.equal(
        signals.map((name) => [null, `SIG${name}`]),
      );
    });

    it('comes with its output and its files', async () => {
      const seen = await jobs.run(place, 'echo out; echo err >/dev/stderr; echo 1 >a.csv');
      expect(seen).to.deep.include({ status: 'success', stdout: 'out\n', stderr: 'err\n', files: ['a.csv'] });
      expect(seen.starts).to.equal(1);
    });
  });
}

describe('a program over a real sshd', () => {
  let jobs: ShellJobs;
  let sshd: Sshd;
  before(async () => {
    jobs = await shellJobs();
    sshd = await sharedSshd();
  });

  it('may interrupt what it started', async () => {
    const program = `import signal, subprocess, time
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGQUIT) is signal.SIG_DFL)
process = subprocess.Popen(['sleep', '15'])
time.sleep(0.2)
process.send_signal(signal.SIGINT)
print(process.wait())`;
    const seen = await jobs.run(sshd, program, { fixture: { interpreter: { path: 'python3' } } });
    expect(seen).to.include({ status: 'success', stdout: 'True True\n-2\n' });
  });

  it('is run by an interpreter below the home directory', async () => {
    const user = await sshd.addUser();
    const bin = join(user.home, 'venv', 'bin');
    await mkdir(bin, { recursive: true });
    await symlink('/bin/sh', join(bin, 'python'));
    const fixture = { interpreter: { path: '~/venv/bin/python' } };
    const seen = await jobs.run({ ...sshd, user }, 'echo "$0"; echo ran', { fixture });
    expect(seen).to.include({ status: 'success', stdout: 'job.sh\nran\n' });
  });

  it('has the umask of the account, and its control directory is nobody else’s', async () => {
    const user = await sshd.addUser();
    await writeFile(join(user.home, '.bashrc'), 'umask 002\n');
    const seen = await jobs.run({ ...sshd, user }, 'umask; touch made; stat -c %a made .');
    expect(seen).to.include({ status: 'success', stdout: '0002\n664\n775\n' });
    expect((await stat(join(user.home, '.drs'))).mode & 0o777).to.equal(0o700);
  });
});
