/** Debian packages without root: downloaded and unpacked into a cache folder. */

import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { runCommand } from './run-command.js';

/** The folder that unpacked commands live in; its `bin` holds a starter for each. */
export function unpackedFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'express-remote-submission');
}

/**
 * Downloads a package with the packages that it needs and this machine lacks, unpacks them, and writes
 * `bin/<command>`, which starts the command with their libraries. Returns what went wrong, or an empty text.
 */
export async function unpackCommand(need: {
  command: string;
  debianPackage: string;
  report: (line: string) => void;
}): Promise<string> {
  const home = unpackedFolder();
  await mkdir(join(home, 'bin'), { recursive: true });
  const work = await mkdtemp(join(home, 'unpack-'));
  try {
    need.report(`downloading ${need.debianPackage}, to be used from ${home}`);
    const apt = await ownAptState(work);
    const missing = await missingPackages(need.debianPackage, apt);
    const download = await runCommand('apt-get', [...apt, 'download', ...missing], { cwd: work });
    if (download.code !== 0) return problem(download.output);
    const root = join(home, `${need.debianPackage}-root`);
    const failed = await unpackAll(work, root);
    if (failed) return problem(failed);
    await writeStarter({ home, root, command: need.command });
    return '';
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Options that let apt-get keep its lists and files below `work`, which needs no root. */
async function ownAptState(work: string): Promise<string[]> {
  await mkdir(join(work, 'lists', 'partial'), { recursive: true });
  await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true });
  const options = [
    `Dir::State::lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    'Debug::NoLocking=true',
    'APT::Update::Post-Invoke=',
  ].flatMap((option) => ['-o', option]);
  await runCommand('apt-get', [...options, 'update']);
  return options;
}

async function missingPackages(debianPackage: string, apt: string[]): Promise<string[]> {
  const args = [...apt, '--simulate', '--no-install-recommends', 'install', debianPackage];
  const { stdout } = await runCommand('apt-get', args, { env: { ...process.env, LC_ALL: 'C' } });
  const names = [...stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
  return names.length > 0 ? names : [debianPackage];
}

/** Unpacks aside and renames, so that another process never sees a half of it. Returns an error text or null. */
async function unpackAll(work: string, root: string): Promise<string | null> {
  const aside = join(work, 'root');
  const files = (await readdir(work)).filter((name) => name.endsWith('.deb'));
  for (const file of files) {
    const { code, output } = await runCommand('dpkg', ['-x', join(work, file), aside]);
    if (code !== 0) return output;
  }
  await rm(root, { recursive: true, force: true });
  await rename(aside, root);
  return null;
}

async function writeStarter({ home, root, command }: Unpacked): Promise<void> {
  const found = await findLines([root, '-name', command, '-path', '*bin/*']);
  const [program] = found;
  if (!program) return;
  await mendLink(program);
  const libraries = await findLines([
    root,
    '-name',
    '*.so',
    '-printf',
    '%h\n',
    '-o',
    '-name',
    '*.so.*',
    '-printf',
    '%h\n',
  ]);
  const paths = quote([...new Set(libraries)].join(':'));
  const environment = libraries.length > 0 ? `LD_LIBRARY_PATH=${paths} ` : '';
  const starter = join(home, 'bin', command);
  await writeFile(`${starter}.new`, `#!/bin/sh\n${environment}exec ${quote(program)} "$@"\n`);
  await chmod(`${starter}.new`, 0o755);
  await rename(`${starter}.new`, starter);
}

interface Unpacked {
  home: string;
  root: string;
  command: string;
}

/** A command may be a link into a package that was not unpacked, since it is installed: let it lead there. */
async function mendLink(program: string): Promise<void> {
  const target = await readlink(program).catch(() => null);
  if (target === null || existsSync(program)) return;
  await rm(program);
  await symlink(join('/usr/bin', basename(target)), program);
}

async function findLines(args: string[]): Promise<string[]> {
  return (await runCommand('find', args)).stdout.split('\n').filter((line) => line !== '');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function problem(output: string): string {
  return `\nTried it, and got:\n${output.trim().split('\n').slice(-5).join('\n')}`;
}
