/** A session on a server of this machine that lacks some commands, or has those of busybox alone. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { ensureCommand } from '../../lib/embedded/install.js';
import { runCommand } from '../../lib/embedded/run-command.js';
import type { Session } from '../../lib/transports/session.js';
import { temporaryFolder } from './temporary-folder.js';

export interface Host {
  home: string;
  session: Session;
  /** What all scripts have said until now. */
  bytes(): number;
}

interface HostOptions {
  /** The path of what is `sh` there. */
  sh?: string;
  without?: readonly string[];
  hasBusyboxAlone?: boolean;
  /** Whose account it is. Default: root's, who may read everything. */
  uid?: number;
}

export async function startHost(options: HostOptions = {}): Promise<Host> {
  const home = await temporaryFolder('host');
  const bin = await temporaryFolder('bin');
  await (options.hasBusyboxAlone === true ? installBusybox(bin) : linkCommands(bin, options));
  const { uid = 0 } = options;
  for (const folder of [home, bin]) await chown(folder, uid, uid);
  let bytes = 0;
  const session: Session = {
    async start(script, args) {
      const child = spawn(join(bin, 'sh'), ['-c', script, 'drs', ...args], {
        ...{ cwd: home, uid, gid: uid },
        env: { PATH: bin, HOME: home },
      });
      const end = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal }));
      const stdout = new PassThrough();
      stdout.on('data', (piece: Buffer) => void (bytes += piece.length)).pause();
      child.stdout.pipe(stdout);
      const close = (): void => void child.stdin.destroy();
      return { stdin: child.stdin, stdout, stderr: child.stderr, end, close };
    },
  };
  return { home, session, bytes: () => bytes };
}

async function installBusybox(bin: string): Promise<void> {
  const busybox = await ensureCommand({ command: 'busybox', debianPackage: 'busybox' });
  const { code, output } = await runCommand(busybox, ['--install', '-s', bin]);
  if (code !== 0) throw new Error(`busybox cannot be installed: ${output}`);
}

async function linkCommands(bin: string, { without = [], sh }: HostOptions): Promise<void> {
  await mkdir(bin, { recursive: true });
  const taken = new Set(without);
  if (sh) {
    await symlink(sh, join(bin, 'sh'));
    taken.add('sh');
  }
  for (const folder of ['/usr/bin', '/bin']) {
    for (const name of await readdir(folder)) {
      if (taken.has(name)) continue;
      taken.add(name);
      await symlink(join(folder, name), join(bin, name));
    }
  }
}
