/** The data folder of the embedded PostgreSQL: made once, kept between runs. */

import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DrsError } from '../errors.js';
import { kept } from './kept-files.js';
import { runCommand } from './run-command.js';
import { isReachable, type ServiceUser } from './service-user.js';

/** Where the data is, and the password of the user `drs`. */
export interface PostgresData {
  folder: string;
  password: string;
}

/** Makes the data folder below `directory` when it is not there. @throws DrsError `service_failed` */
export async function preparePostgresData(options: {
  directory: string;
  user: ServiceUser;
  /** The folder of the PostgreSQL programs. */
  programs: string;
  report: (line: string) => void;
}): Promise<PostgresData> {
  const home = await reachableHome(resolve(options.directory), options);
  const folder = join(home, 'data');
  if (!(await exists(folder))) {
    options.report(`making a PostgreSQL database in ${folder}`);
    await initialise({ home, folder, ...options });
  }
  await endLastRun(folder);
  return { folder, password: await readFile(join(folder, 'drs-password'), 'utf8') };
}

/** The directory itself, or one below the temporary folder when the server's user cannot get there. */
async function reachableHome(
  directory: string,
  { user, report }: { user: ServiceUser; report: (line: string) => void },
): Promise<string> {
  // The parents keep the usual mode: the server's user must pass through them.
  await mkdir(dirname(directory), { recursive: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!user) return directory;
  if (await isReachable(dirname(directory), user)) {
    await chown(directory, user.uid, user.gid);
    return directory;
  }
  // Kept in the directory, so that whoever deletes it begins anew; random, so that nobody else takes the name first.
  const suffix = await kept(directory, 'place', () => randomBytes(12).toString('hex'));
  const home = join(tmpdir(), `express-remote-submission-${suffix}`);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(home);
  if (uid !== 0 && uid !== user.uid) {
    throw new DrsError('service_failed', `${home} belongs to somebody else. Remove it, or set TMPDIR.`);
  }
  await chown(home, user.uid, user.gid);
  report(`PostgreSQL cannot run as root and cannot enter ${directory}: its data is in ${home}`);
  return home;
}

/** Initialises aside and renames: a run that was killed half-way leaves nothing that looks whole. */
async function initialise({
  home,
  folder,
  user,
  programs,
}: {
  home: string;
  folder: string;
  user: ServiceUser;
  programs: string;
}): Promise<void> {
  const aside = `${folder}.${randomBytes(6).toString('hex')}`;
  const passwordFile = `${aside}.password`;
  try {
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (user) await chown(passwordFile, user.uid, user.gid);
    const { code, output } = await runCommand(
      join(programs, 'bin', 'initdb'),
      initArguments(aside, passwordFile),
      {
        cwd: home,
        user,
        env: { ...process.env, LC_ALL: 'C' },
      },
    );
    if (code !== 0)
      throw new DrsError('service_failed', `PostgreSQL cannot make a database in ${aside}:\n${output}`);
    await rename(passwordFile, join(aside, 'drs-password'));
    await chmod(join(aside, 'drs-password'), 0o600);
    await rename(aside, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

function initArguments(folder: string, passwordFile: string): string[] {
  return [
    ...[
      '-D',
      folder,
      '-U',
      'drs',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--no-sync',
    ],
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
  ];
}

/**
 * Waits for the server of a run that was killed, and removes the lock file of one that is gone: PostgreSQL itself
 * takes any process with that number for its own, and numbers come again soon in a container.
 */
async function endLastRun(folder: string): Promise<void> {
  const lock = join(folder, 'postmaster.pid');
  for (let tries = 0; tries < 100; tries += 1) {
    const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
    if (!pid || !(await isServerOf(pid, folder))) return rm(lock, { force: true });
    await delay(100);
  }
  throw new DrsError(
    'service_failed',
    `Another process uses the database in ${folder}. Stop it, or choose another directory.`,
  );
}

async function isServerOf(pid: number, folder: string): Promise<boolean> {
  const { stdout } = await commandLineOf(pid);
  return stdout.includes(folder);
}

async function commandLineOf(pid: number): Promise<{ stdout: string }> {
  if (process.platform !== 'linux') return runCommand('ps', ['-p', String(pid), '-o', 'command=']);
  // Slim containers have no ps.
  return { stdout: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') };
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
