import { expect } from 'chai';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lib/embedded/run-command.js';
import { startProxy } from '../chaos/support/proxy.js';
import { sharedSshd, type Sshd, type SshdUser } from '../support/sshd.js';
import { gate, openFolder, shellJobs, type ShellJobs } from './support.js';

let jobs: ShellJobs;
let sshd: Sshd;
before(async () => {
  jobs = await shellJobs({ limits: { resultBytes: 1_000_000 } });
  sshd = await sharedSshd();
});

const own = async (user: SshdUser, ...paths: string[]) => {
  const { code } = await runCommand('chown', [`${user.uid}:${user.gid}`, ...paths]);
  expect(code).to.equal(0);
};

describe('the results of a program', () => {
  it('come beside a folder of root that nobody else may read', async () => {
    const user = await sshd.addUser();
    const directory = join(user.home, 'with-lost+found');
    await mkdir(join(directory, 'lost+found'), { recursive: true });
    await chmod(join(directory, 'lost+found'), 0o700);
    await own(user, directory);
    for (const storeResults of [['*'], ['*.csv']]) {
      const seen = await jobs.run({ ...sshd, user }, 'echo 1 >>a.csv', {
        storeResults,
        fixture: { remoteDirectory: directory },
      });
      expect(seen).to.deep.include({ status: 'success', exitCode: 0, starts: 1, files: ['a.csv'] });
      expect(seen.message).to.contain('lost+found');
    }
  });

  it('are none of another time: what was there before and was not touched stays', async () => {
    const user = await sshd.addUser();
    const directory = join(user.home, 'old');
    await mkdir(directory);
    for (const name of ['old.csv', 'moved.csv', 'changed.csv']) await writeFile(join(directory, name), 'x\n');
    await own(
      user,
      directory,
      ...['old.csv', 'moved.csv', 'changed.csv'].map((name) => join(directory, name)),
    );
    const program = [
      'mv moved.csv here.csv; touch -d 2001-01-01 old-time.csv; cp -p /etc/hostname copied.txt',
      'tar cf t.tar -C /etc hostname; tar xf t.tar; echo y >changed.csv; touch -d 2001-01-01 changed.csv',
    ].join('\n');
    const seen = await jobs.run({ ...sshd, user }, program, { fixture: { remoteDirectory: directory } });
    expect(seen).to.deep.include({
      ...{ status: 'success', message: null },
      files: ['changed.csv', 'copied.txt', 'here.csv', 'hostname', 'old-time.csv', 't.tar'],
    });
  });

  it('come though each was touched in the end', async () => {
    // Of its own: what others left in a directory would be touched, too.
    const user = await sshd.addUser();
    const seen = await jobs.run(
      { ...sshd, user },
      'echo 1 >a.csv; find . -type f -exec touch -d "+1 hour" {} +',
    );
    expect(seen).to.deep.include({ status: 'success', message: null, files: ['a.csv'] });
  });

  it('that are over the limit cost nothing on the wire', async () => {
    const proxy = await startProxy(sshd);
    const { hostname, port } = proxy;
    const program = 'truncate -s 500M big.bin; echo ok >small.txt';
    const seen = await jobs.run({ hostname, port, user: sshd.user }, program);
    expect(seen).to.deep.include({ status: 'success', files: ['small.txt'] });
    expect(seen.message).to.contain('big.bin');
    expect(proxy.passed()).to.be.lessThan(1_000_000);
  });
});

describe('the name of a program', () => {
  it('that is a folder there is refused, and nothing runs', async () => {
    const user = await sshd.addUser();
    const directory = join(user.home, 'n4');
    await mkdir(join(directory, 'fit'), { recursive: true });
    await own(user, directory, join(directory, 'fit'));
    const seen = await jobs.run({ ...sshd, user }, 'echo ran; exit 3', {
      fixture: { remoteDirectory: '~/n4', remoteFilename: 'fit' },
    });
    expect(seen).to.include({ status: 'failure', failureReason: 'rejected', starts: 0, stdout: '' });
    expect(seen.message).to.contain('something of that name that is no file').and.contain('fit');
  });

  it('that is .drs is refused when the job is made', async () => {
    const made = jobs.submit(sshd, 'exit 3', { fixture: { remoteFilename: '.drs' } });
    expect(await made.catch(({ message }: Error) => message)).to.contain('choose another file name');
  });
});

describe('one directory for two jobs', () => {
  const shared = async (name: string) => {
    const directory = join(await openFolder(), name);
    await mkdir(directory);
    await chmod(directory, 0o777);
    return directory;
  };

  it('of one account: the second is rejected, and names the first; nobody gets the files of another', async () => {
    const remoteDirectory = await shared('one-account');
    const { wait, open } = await gate();
    const fixture = { remoteDirectory, owner: 'ann', title: 'The job of Ann' };
    const ann = await jobs.submit(sshd, `echo begun; ${wait}; echo a >ann.txt`, { fixture });
    await ann.printed('begun');
    const bob = await jobs.run(sshd, 'echo secret >bob.txt', { fixture: { remoteDirectory, owner: 'bob' } });
    expect(bob).to.deep.include({ failureReason: 'rejected', starts: 0, files: [] });
    expect(bob.message).to.contain(`job ${ann.job.id}`).and.contain(remoteDirectory);
    await open();
    expect(await ann.seen()).to.deep.include({ status: 'success', files: ['ann.txt'], message: null });
    const later = await jobs.run(sshd, 'echo b >bob.txt', { fixture: { remoteDirectory, owner: 'bob' } });
    expect(later).to.deep.include({ status: 'success', files: ['bob.txt'] });
  });

  it('one below the other: nobody gets the files of another, and the folder is told', async () => {
    const above = await shared('above');
    const { wait, open } = await gate();
    const ann = await jobs.submit(sshd, `echo begun; ${wait}; echo a >ann.txt`, {
      fixture: { remoteDirectory: above, owner: 'ann' },
    });
    await ann.printed('begun');
    const below = { remoteDirectory: join(above, 'a folder/of bob'), owner: 'bob' };
    const bob = await jobs.run(sshd, 'echo secret >bob.txt', { fixture: below });
    expect(bob).to.deep.include({ status: 'success', files: ['bob.txt'] });
    await open();
    const seen = await ann.seen();
    expect(seen).to.deep.include({ status: 'success', files: ['ann.txt'] });
    expect(seen.message).to.equal('Folders where another attempt was under way were left: a folder/of bob.');
  });

  it('by another path is one directory, too', async () => {
    const remoteDirectory = await shared('physical');
    const link = `${remoteDirectory}-link`;
    await runCommand('ln', ['-s', remoteDirectory, link]);
    const { wait, open } = await gate();
    const first = await jobs.submit(sshd, `echo begun; ${wait}`, { fixture: { remoteDirectory } });
    await first.printed('begun');
    const second = await jobs.run(sshd, 'true', { fixture: { remoteDirectory: `${link}/.` } });
    await open();
    expect(second).to.include({ failureReason: 'rejected', starts: 0 });
    expect((await first.seen()).status).to.equal('success');
  });

  it('of two accounts: both run, and the second is told', async () => {
    const remoteDirectory = await shared('two-accounts');
    const other = await sshd.addUser();
    const { wait, open } = await gate();
    const first = await jobs.submit(sshd, `echo begun; ${wait}`, { fixture: { remoteDirectory } });
    await first.printed('begun');
    const fixture = { remoteDirectory, remoteFilename: 'other.sh' };
    const second = await jobs.run({ ...sshd, user: other }, 'echo b >b.txt', { fixture });
    await open();
    await first.seen();
    expect(second).to.include({ status: 'success', starts: 1 });
    expect(second.message).to.contain(`job ${first.job.id}`);
  });
});
