/** Finds an executable that npm cannot bring, and installs it where that is possible. */

import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DrsError } from '../errors.js';
import { runCommand } from './run-command.js';
import { unpackCommand, unpackedFolder } from './unpack-debian.js';

/** What is needed, and what brings it. */
export interface CommandNeed {
  /** The name of the executable, as in `redis-server`. */
  command: string;
  /** The package of Debian and Ubuntu, as in `redis-server`. */
  debianPackage: string;
  /** The Homebrew formula, as in `redis`. */
  brewFormula?: string;
  /** Gets a line of progress for each step. */
  report?: (line: string) => void;
}

/** How long another apt-get is waited for. */
const lockTimeoutMs = 300_000;

const waiting = new Map<string, Promise<string>>();

/**
 * The absolute path of an executable. What is missing is installed: with apt-get as root, unpacked below
 * `~/.cache/express-remote-submission` as another user of Debian or Ubuntu, with Homebrew on macOS.
 *
 * @throws DrsError `missing_command`, which says how to install it
 * @example const path = await ensureCommand({ command: 'redis-server', debianPackage: 'redis-server' });
 */
export function ensureCommand(need: CommandNeed): Promise<string> {
  // Two callers at once share one installation: apt-get would refuse the second.
  const known = waiting.get(need.command);
  if (known) return known;
  const path = findOrInstall(need).finally(() => waiting.delete(need.command));
  waiting.set(need.command, path);
  return path;
}

async function findOrInstall(need: CommandNeed): Promise<string> {
  const found = await findCommand(need.command);
  if (found) return found;
  const problem = await install(need);
  const installed = await findCommand(need.command);
  if (installed) return installed;
  throw new DrsError('missing_command', `${need.command} is not installed. ${howTo(need)}${problem}`);
}

/** The absolute path of an executable in PATH or the folders of system commands, or null. */
export async function findCommand(command: string): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  const more = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin', join(unpackedFolder(), 'bin')];
  for (const folder of [...folders, ...more]) {
    const path = join(folder, command);
    if (await isExecutable(path)) return path;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tries what this system offers; returns what went wrong, or an empty text. */
async function install(need: CommandNeed): Promise<string> {
  const report = need.report ?? (() => undefined);
  if (process.platform === 'darwin' && need.brewFormula && (await findCommand('brew'))) {
    report(`installing ${need.brewFormula} with Homebrew`);
    return problemOf(await runCommand('brew', ['install', need.brewFormula]));
  }
  if (!(await findCommand('apt-get'))) return '';
  if (process.getuid?.() === 0) return installAsRoot(need.debianPackage, report);
  return unpackCommand({ command: need.command, debianPackage: need.debianPackage, report });
}

let updating: Promise<boolean> | undefined;
let installing: Promise<unknown> = Promise.resolve();

async function installAsRoot(debianPackage: string, report: (line: string) => void): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  report(`installing ${debianPackage} with apt-get`);
  updating ??= updateLists(env);
  // A failed update is no reason to stop: the lists may be good enough. The next one that needs them tries again.
  if (!(await updating)) updating = undefined;
  const wait = ['-o', `DPkg::Lock::Timeout=${lockTimeoutMs / 1000}`];
  const args = ['install', '-y', '--no-install-recommends', ...wait, debianPackage];
  const end = installing.then(() => runCommand('apt-get', args, { env }));
  installing = end;
  return problemOf(await end);
}

/** Whether it worked. The lists have a lock of their own, for which apt-get does not wait when another holds it. */
export async function updateLists(env: NodeJS.ProcessEnv): Promise<boolean> {
  const deadline = Date.now() + lockTimeoutMs;
  for (;;) {
    const { code, output } = await runCommand('apt-get', ['update'], { env });
    const isLocked = code !== 0 && /Could not get lock|Unable to lock/.test(output);
    if (!isLocked || Date.now() > deadline) return code === 0;
    await delay(500);
  }
}

function problemOf({ code, output }: { code: number | null; output: string }): string {
  return code === 0 ? '' : `\nTried it, and got:\n${output.trim().split('\n').slice(-5).join('\n')}`;
}

function howTo({ debianPackage, brewFormula }: CommandNeed): string {
  const debian = `On Debian and Ubuntu: sudo apt-get install ${debianPackage}`;
  const mac = brewFormula ? `; on macOS: brew install ${brewFormula}` : '';
  return `${debian}${mac}; elsewhere: install it with your package manager, so that it is in PATH.`;
}
