/** The servers of the matrix: OpenSSH and Dropbear, each with one shell and another as `/bin/sh`. */

import { chmod, copyFile, readFile, realpath, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { startDropbear } from '../support/dropbear.js';
import { startSshd, type SshdUser } from '../support/sshd.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { pathOf, rows, shShells, type Row } from './rows.js';

export interface Column {
  server: 'OpenSSH' | 'Dropbear';
  /** What `/bin/sh` is. */
  sh: string;
}

export const columns: readonly Column[] = (['OpenSSH', 'Dropbear'] as const).flatMap((server) =>
  shShells.map(({ command }) => ({ server, sh: command })),
);

export const nameOf = ({ server, sh }: Column): string => `${server}, ${sh}`;

/** Where one cell signs in. */
export interface Cell {
  row: Row;
  hostname: string;
  port: number;
  user: SshdUser;
}

/** The servers and accounts that were asked for so far. */
export interface Grounds {
  cell(row: Row, column: Column): Promise<Cell>;
}

export async function prepareGrounds(): Promise<Grounds> {
  const sshd = await startSshd();
  const loginShell = await copiesOfShells();
  const shells = await writeShells(await Promise.all(rows.map(loginShell)));
  const account = remembered(
    ({ title }: Row) => title,
    async (row) => {
      const user = await sshd.addUser({ shell: await loginShell(row) });
      if (row.startUp) await writeStartUp(user, await row.startUp());
      return user;
    },
  );
  const node = remembered(
    ({ server, sh, config }: Column & { config: string[] }) => [server, sh, ...config].join(),
    async ({ server, sh, config }) => {
      const through = await withSh(sh, shells);
      return server === 'OpenSSH' ? sshd.addNode({ through, config }) : startDropbear({ through });
    },
  );
  return {
    async cell(row, column) {
      const { hostname, port } = await node({ ...column, config: row.sshdConfig ?? [] });
      return { row, hostname, port, user: await account(row) };
    },
  };
}

/** A function that makes each thing once. */
function remembered<Asked, Made>(keyOf: (asked: Asked) => string, make: (asked: Asked) => Promise<Made>) {
  const made = new Map<string, Promise<Made>>();
  return (asked: Asked): Promise<Made> => {
    const known = made.get(keyOf(asked)) ?? make(asked);
    made.set(keyOf(asked), known);
    return known;
  };
}

/** In a namespace of its own another file is `/bin/sh`; Dropbear asks `/etc/shells` besides. */
async function withSh(sh: string, shells: string): Promise<string[]> {
  const found = shShells.find(({ command }) => command === sh);
  if (!found) throw new Error(`No shell ${sh}.`);
  const mounts = `mount --bind ${await pathOf(found)} ${await realpath('/bin/sh')} && mount --bind ${shells} /etc/shells`;
  return ['unshare', '-m', 'sh', '-c', `${mounts} && exec "$@"`, 'sh'];
}

/** What is `/bin/sh` here is another file over there: the login shell is a copy of it. */
async function copiesOfShells(): Promise<(row: Row) => Promise<string>> {
  const folder = await temporaryFolder('shells');
  await chmod(folder, 0o755);
  const sh = await realpath('/bin/sh');
  const copy = join(folder, basename(sh));
  await copyFile(sh, copy);
  return remembered(
    ({ title }: Row) => title,
    async ({ shell }) => {
      if (!shell) return '/bin/bash';
      const path = await pathOf(shell);
      return (await realpath(path)) === sh ? copy : path;
    },
  );
}

async function writeShells(paths: string[]): Promise<string> {
  const file = join(await temporaryFolder('etc'), 'shells');
  await writeFile(file, `${await readFile('/etc/shells', 'utf8')}${paths.join('\n')}\n`);
  await chmod(file, 0o644);
  return file;
}

/** The name of a file in the home that start-up files leave, where they were read at all. */
export const traceOf = (port: number): string => `.read-${port}`;

async function writeStartUp(user: SshdUser, text: string): Promise<void> {
  const trace = `: >~/${traceOf(0).replace('0', '"${SSH_CONNECTION##* }"')}`;
  await writeFile(join(user.home, '.bashrc'), `${trace}\n${text}\n`);
}
