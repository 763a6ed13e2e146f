import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureCommand } from '../../lib/embedded/install.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
const parts = fileURLToPath(new URL('../../lib/schedulers/direct/list.sh', import.meta.url));

/** Lists a folder as it is before a start, in so many seconds. */
async function listBefore(shell: string[], { folder, bin = '', seconds = 10 }: ListedFolder) {
  const control = await temporaryFolder('control');
  const [command = '', ...args] = shell;
  const script = `. "$1"; d=$2 fence=1; list_before "$3"; printf '%s %s' "$kind" "$time"`;
  const { stdout } = await run(
    await ensureCommand({ command, debianPackage: command }),
    [...args, '-c', script, 'sh', parts, control, String(seconds)],
    { cwd: folder, env: { PATH: `${bin}:${process.env.PATH}`, SHLVL: '1' } },
  );
  const [kind, time] = stdout.split(' ');
  return { kind, time: Number(time), list: await readFile(join(control, 'before.1'), 'latin1') };
}

interface ListedFolder {
  folder: string;
  bin?: string;
  seconds?: number;
}

async function fakeFind(script: string): Promise<string> {
  const bin = await temporaryFolder('find');
  await writeFile(join(bin, 'find'), `#!/bin/sh\ncase $2 in -prune) echo 5; exit ;; esac\n${script}\n`);
  await chmod(join(bin, 'find'), 0o755);
  return bin;
}

for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh']]) {
  describe(`the list of what is there before a start, with ${shell.join(' ')}`, () => {
    it('is whole, holds each file, and tells the time', async () => {
      const folder = await temporaryFolder('before');
      await mkdir(join(folder, 'sub'));
      for (const name of ['a', 'sub/b', '.c']) await writeFile(join(folder, name), '');
      const { kind, time, list } = await listBefore(shell, { folder });
      expect(kind).to.equal('listed');
      expect(Math.abs(Date.now() / 1000 - time)).to.be.lessThan(60);
      const names = [...list.matchAll(/ \.\/(\S*?)\/\/\n/g)].map(([, name]) => name);
      expect(names).to.have.members(['a', 'sub/b', '.c']);
      expect(list).to.match(/\ne\/\/\n$/);
    });

    it('is cut, and nothing of it runs on, when it takes too long', async () => {
      const bin = await fakeFind("trap '' TERM HUP; echo $$ >pid; exec sleep 1000");
      const folder = await temporaryFolder('slow');
      const { kind } = await listBefore(shell, { folder, bin, seconds: 1 });
      expect(kind).to.equal('cut');
      const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
      // It may be a moment until it is gone for good.
      const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
      expect(state).to.match(/\) Z/);
    });

    it('is cut at 32 MB', async () => {
      const bin = await fakeFind('exec yes "f 1 2 3 4 - ./a name that is long//"');
      const { kind, list } = await listBefore(shell, { folder: await temporaryFolder('long'), bin });
      expect(kind).to.equal('cut');
      expect(list.length).to.equal(32 * 1024 * 1024);
    });
  });
}
