/** A server whose connection lives, while a command of it hangs. */

import { expect } from 'chai';
import { chmod, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCommand } from '../../lib/embedded/install.js';
import { direct } from '../../lib/index.js';
import { startSshd } from '../support/sshd.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { shellJobs } from './support.js';

const commands =
  'sh mkdir chmod ln rm mv mkfifo cat head wc ls sleep id tee tail stat tar xargs dd cksum setsid env kill bash uname';

describe('a job on a server where a command hangs', () => {
  it('waits, says for what and since when, and brings its files once the command works again', async () => {
    const folder = await temporaryFolder('path');
    await chmod(folder, 0o755);
    for (const name of commands.split(' '))
      await symlink((await findCommand(name)) ?? '/nowhere', join(folder, name));
    const find = join(folder, 'find');
    await writeFile(find, '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
    const sshd = await startSshd({ config: [`SetEnv PATH=${folder}`] });
    const jobs = await shellJobs({ schedulers: { direct: direct({ silenceMs: 1000 }) } });
    const { noted, seen } = await jobs.submit(sshd, 'echo out; echo 1 >a.csv');
    const words = await noted('has said nothing for 1 s while the files of the job were listed.');
    expect(words).to.include('Out of reach since').and.include('the next try is at');
    await symlink((await findCommand('find')) ?? '/nowhere', `${find}.new`);
    await rename(`${find}.new`, find);
    expect(await seen()).to.deep.include({
      ...{ status: 'success', starts: 1, stdout: 'out\n', files: ['a.csv'] },
    });
    await sshd.stop();
  });
});
