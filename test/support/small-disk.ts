/** A disk so small that a test can fill it. Needs root, as the tests' sshd does. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lib/embedded/run-command.js';
import { atEnd } from './cleanup.js';

export interface SmallDisk {
  /** Where it is mounted. */
  readonly path: string;
  /** Takes up all room but so many bytes. */
  fill(butBytes?: number): Promise<void>;
  /** Gives back the room that `fill` took. */
  free(): Promise<void>;
  /** Puts an empty disk in its place: a deleted file takes room for as long as a dying process holds it open. */
  replace(): Promise<void>;
}

/** Unmounts when the pipe closes, also when this process was killed; what still runs there does not hinder it. */
const janitorScript = 'read -r _; umount -l "$1"';

export interface SmallDiskOptions {
  /** Made when it is missing. */
  path: string;
  bytes: number;
  /** Default: root. */
  owner?: { uid: number; gid: number };
}

/** It is unmounted at the end of the run at the latest. */
export async function mountSmallDisk({
  path,
  bytes,
  owner = { uid: 0, gid: 0 },
}: SmallDiskOptions): Promise<SmallDisk> {
  await mkdir(path, { recursive: true });
  const options = `size=${bytes},mode=700,uid=${owner.uid},gid=${owner.gid}`;
  const mount = () => run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  await mount();
  const janitor = spawn('/bin/sh', ['-c', janitorScript, 'janitor', path], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(janitor, 'exit');
  janitor.unref();
  atEnd(async () => {
    janitor.ref();
    janitor.stdin.end();
    await ended;
  });
  const ballast = join(path, '.ballast');
  return {
    path,
    async fill(butBytes = 0) {
      const { bavail, bsize } = await statfs(path);
      const file = await open(ballast, 'w');
      await file.writeFile(Buffer.alloc(Math.max(0, bavail * bsize - butBytes)));
      await file.close();
      await chown(ballast, owner.uid, owner.gid);
    },
    free: () => rm(ballast, { force: true }),
    async replace() {
      await run('umount', ['-l', path]);
      await mount();
    },
  };
}

async function run(command: string, args: string[]): Promise<void> {
  const { code, output } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} of a small disk ended with ${code}: ${output}`);
}
