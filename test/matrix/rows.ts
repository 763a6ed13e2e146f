/** What the accounts of the matrix are like: a login shell each, or start-up files that do something, or a poor server. */

import { symlink, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCommand, findCommand } from '../../lib/embedded/install.js';
import { temporaryFolder } from '../support/temporary-folder.js';

export interface Row {
  title: string;
  shell?: Shell;
  /** What `~/.bashrc` holds. */
  startUp?(): Promise<string> | string;
  /** How long the program rests before it ends. */
  restMs?: number;
  /** What sshd is told; Dropbear knows no such words. */
  sshdConfig?: string[];
  /** Both streams are one to the transport: standard error comes at the end. */
  isErrLate?: boolean;
}

export interface Shell {
  command: string;
  debianPackage: string;
  /** How it is called; busybox is what it is called. */
  as?: string;
}

const bash = { command: 'bash', debianPackage: 'bash' };
export const loginShells: readonly Shell[] = [
  bash,
  { command: 'dash', debianPackage: 'dash' },
  { command: 'zsh', debianPackage: 'zsh' },
  { command: 'mksh', debianPackage: 'mksh' },
  { command: 'ksh93', debianPackage: 'ksh93u+m' },
  { command: 'tcsh', debianPackage: 'tcsh' },
  { command: 'bsd-csh', debianPackage: 'csh' },
  { command: 'fish', debianPackage: 'fish' },
  { command: 'busybox', debianPackage: 'busybox', as: 'sh' },
];

/** What may be `/bin/sh`. */
export const shShells: Shell[] = ['dash', 'bash', 'busybox', 'mksh', 'zsh'].map((command) => ({
  command,
  debianPackage: command,
}));

const usualCommands =
  'sh printf mkdir mkfifo tee mv rm cat head wc cksum chmod ls sleep dd sed grep tr id uname stat ln kill tar date env seq touch find tail setsid';

/** A PATH of the usual commands without some; perl and python3 are not there either. */
function pathWithout(...missing: string[]): () => Promise<string> {
  return async () => {
    const folder = await temporaryFolder('path');
    await chmod(folder, 0o755);
    for (const name of usualCommands.split(' ').filter((one) => !missing.includes(one))) {
      await symlink((await findCommand(name)) ?? '/nowhere', join(folder, name));
    }
    return `PATH=${folder}; export PATH`;
  };
}

const noise = 'head -c 200000 /dev/zero | tr "\\0" x; head -c 200000 /dev/zero | tr "\\0" x >&2';

export const rows: readonly Row[] = [
  ...loginShells.map((shell) => ({
    title: shell.as ? `${shell.command} ${shell.as}` : shell.command,
    shell,
  })),
  { title: 'start-up files print 200 KB without a line end', startUp: () => noise },
  { title: 'start-up files read for a second', startUp: () => 'read -r -t 1 line' },
  { title: 'start-up files read and wait', startUp: () => 'echo "Which project?"; read -r line' },
  {
    title: 'start-up files `exec` another shell',
    startUp: async () => `exec ${await ensureCommand({ command: 'zsh', debianPackage: 'zsh' })}`,
  },
  { title: 'start-up files `exec 2>&1`', startUp: () => 'exec 2>&1', isErrLate: true },
  { title: 'start-up files set `TMOUT=1`', startUp: () => 'TMOUT=1; export TMOUT', restMs: 1500 },
  { title: 'no `setsid`, nor perl or python3', startUp: pathWithout('setsid') },
  { title: 'no `tail`', startUp: pathWithout('tail') },
  { title: 'no `find`', startUp: pathWithout('find') },
  { title: 'none of the three, nor `tar`', startUp: pathWithout('setsid', 'tail', 'find', 'tar') },
  { title: '`MaxSessions 1`', sshdConfig: ['MaxSessions 1'] },
];

/** Names that are taken for shells: what a program is called may decide what it does. */
export async function pathOf({ command, debianPackage, as }: Shell): Promise<string> {
  const path = await ensureCommand({ command, debianPackage });
  if (!as) return path;
  const folder = await temporaryFolder('shell');
  await chmod(folder, 0o755);
  await symlink(path, join(folder, as));
  return join(folder, as);
}
