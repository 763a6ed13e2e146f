/** The user that PostgreSQL runs as: it refuses to run as root. */

import { runCommand } from './run-command.js';

/** A numeric user; null means: as we are. */
export type ServiceUser = { uid: number; gid: number } | null;

/** Of root: the system's `postgres` or `nobody`; of everybody else: themselves. */
export async function serviceUser(): Promise<ServiceUser> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
    if (uid && gid) return { uid, gid };
  }
  return { uid: 65534, gid: 65534 };
}

async function idOf(option: string, name: string): Promise<number> {
  const { code, stdout } = await runCommand('id', [option, name]);
  return code === 0 ? Number(stdout) : 0;
}

/** True when this user gets to the folder through all its parents. */
export async function isReachable(folder: string, user: ServiceUser): Promise<boolean> {
  const { code } = await runCommand('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], { cwd: '/', user });
  return code === 0;
}
