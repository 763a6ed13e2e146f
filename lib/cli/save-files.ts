/** Files of others, written below a folder and nowhere else. */

import { createWriteStream } from 'node:fs';
import { link, lstat, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError } from './failure.js';
import { shown } from './print.js';

/** A file that is not here yet. */
export interface RemoteFile {
  /** Relative, with `/`. */
  name: string;
  /** Bytes. */
  size: number;
  open(): Promise<Readable>;
}

/** Where files go. */
export interface SaveOptions {
  /** Made when it is missing. */
  directory: string;
  /** Replaces files that are there. */
  isForced: boolean;
  signal: AbortSignal;
}

/** How many problems are named. */
const mostNamed = 10;

/**
 * Writes the files, each whole or not at all, and none before all are here: they are brought to a folder of their own
 * below `directory` first. Resolves to their paths.
 *
 * @throws CommandError that names each file that is there, or that would be outside, behind a link, or in a file's place
 */
export async function saveFiles(
  files: readonly RemoteFile[],
  { directory, isForced, signal }: SaveOptions,
): Promise<string[] | 'stopped'> {
  const root = path.resolve(directory);
  await requireRoom(files, root, isForced);
  const staging = await makeStaging(root);
  try {
    for (const [index, file] of files.entries()) await bring(file, path.join(staging, `${index}`), signal);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (signal.aborted) return 'stopped';
    throw error;
  }
  try {
    return await moveAll(files, { root, staging, isForced });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** @throws CommandError when something is in the way that was not there before */
async function moveAll(
  files: readonly RemoteFile[],
  { root, staging, isForced }: { root: string; staging: string; isForced: boolean },
): Promise<string[]> {
  const paths: string[] = [];
  for (const [index, { name }] of files.entries()) {
    const target = path.join(root, name);
    try {
      await makeFolders(root, name);
      await moveIntoPlace(path.join(staging, `${index}`), target, isForced);
    } catch (error) {
      const reason = `Cannot write ${shown(name)}: ${(error as Error).message}.`;
      throw new CommandError(`${reason} ${index} of ${files.length} files were written.`, error);
    }
    paths.push(target);
  }
  return paths;
}

/** @throws CommandError that names every problem */
async function requireRoom(files: readonly RemoteFile[], root: string, isForced: boolean): Promise<void> {
  const names = new Set(files.map(({ name }) => name));
  const problems: string[] = [];
  for (const { name } of files) {
    const problem = nameProblem(name, names) ?? (await destinationProblem(root, name, isForced));
    if (problem !== null) problems.push(`  ${shown(name)}: ${problem}`);
  }
  if (problems.length === 0) return;
  const more = problems.length - mostNamed;
  const named = problems.slice(0, mostNamed).join('\n') + (more > 0 ? `\n  and ${more} more` : '');
  throw new CommandError(`Nothing was written to ${shown(root)}.\n${named}`);
}

/** Why a name cannot be a file's below any folder. */
function nameProblem(name: string, names: ReadonlySet<string>): string | null {
  const segments = name.split('/');
  const isInside = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (!isInside || name.includes('\0') || path.isAbsolute(name)) return 'would be outside of the folder';
  const folder = foldersOf(name).find((parent) => names.has(parent));
  return folder === undefined ? null : `there is a result ${shown(folder)}, which would have to be a folder`;
}

/** Why a file cannot go where it belongs. */
async function destinationProblem(root: string, name: string, isForced: boolean): Promise<string | null> {
  for (const folder of foldersOf(name)) {
    const found = await kindOf(path.join(root, folder));
    if (found === 'nothing') return null;
    if (found !== 'folder') return `${shown(folder)} is a ${found}, no folder`;
  }
  const found = await kindOf(path.join(root, name));
  if (found === 'folder') return 'there is a folder of this name';
  return found === 'nothing' || isForced ? null : 'is there already; --force replaces it';
}

/** The folders that a name goes through, from above: `a/b/c` through `a` and `a/b`. */
function foldersOf(name: string): string[] {
  const segments = name.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

async function kindOf(file: string): Promise<'nothing' | 'folder' | 'link' | 'file'> {
  try {
    const found = await lstat(file);
    return found.isSymbolicLink() ? 'link' : found.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return 'nothing';
    throw error;
  }
}

async function makeStaging(root: string): Promise<string> {
  try {
    await mkdir(root, { recursive: true });
    return await mkdtemp(path.join(root, '.drs-'));
  } catch (error) {
    throw new CommandError(`Cannot write to ${shown(root)}: ${(error as Error).message}.`, error);
  }
}

async function bring({ name, size, open }: RemoteFile, part: string, signal: AbortSignal): Promise<void> {
  try {
    const file = createWriteStream(part, { flags: 'wx' });
    await pipeline(await open(), file, { signal });
    if (file.bytesWritten !== size) {
      throw new Error(`${file.bytesWritten} bytes came, and ${size} were promised`);
    }
  } catch (error) {
    const reason = (error as Error).message.replace(/\.$/, '');
    throw new CommandError(`Cannot bring ${shown(name)}: ${reason}. Nothing was written.`, error);
  }
}

/** One by one: `recursive` would go through links. */
async function makeFolders(root: string, name: string): Promise<void> {
  for (const folder of foldersOf(name)) {
    const target = path.join(root, folder);
    await mkdir(target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST' || (await kindOf(target)) !== 'folder') throw error;
    });
  }
}

/** In one step, and without `--force` never over a file, also one that came meanwhile. A link is replaced, not followed. */
async function moveIntoPlace(part: string, target: string, isForced: boolean): Promise<void> {
  if (isForced) return rename(part, target);
  await link(part, target).catch(async (error: NodeJS.ErrnoException) => {
    // Some file systems have no links.
    if (error.code === 'EEXIST' || (await kindOf(target)) !== 'nothing') throw error;
    await rename(part, target);
  });
}
