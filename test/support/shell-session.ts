/** A session that runs scripts with a given shell, and gives that shell to them as `sh`. */

import { spawn } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import type { Session } from '../../lib/transports/session.js';

/** @param shell an executable; `busybox` is called through a link named `sh` */
export async function shellSession(shell: string, home: string): Promise<Session> {
  const bin = path.join(home, '.bin');
  await mkdir(bin, { recursive: true });
  await symlink(shell, path.join(bin, 'sh'));
  return {
    async start(script, args) {
      const child = spawn(path.join(bin, 'sh'), ['-c', script, 'drs', ...args], {
        cwd: home,
        env: { PATH: `${bin}:${process.env.PATH}`, HOME: home },
      });
      const end = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal }));
      return {
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        end,
        close: () => child.stdin.destroy(),
      };
    },
  };
}
