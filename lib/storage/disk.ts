/** Result files in a folder. */

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DrsError, NotFoundError } from '../errors.js';
import type { FileStorage, StoredFile } from './file-storage.js';
import { SharedSync } from './shared-sync.js';

/** Keys are made here, and nowhere else: `ab/owner_abcdef…`, never part of a file's own name. */
const keyPattern = /^[0-9a-f]{2}\/(?:([0-9A-Za-z-]+)_)?[0-9a-f-]{36}(?:\.part)?$/;

/**
 * Files below `directory`, which is made when it is missing. A file appears under its key when it is whole, and is safe
 * on the disk when `save` resolves; while the disk is full, `save` throws `storage_full`.
 *
 * @param options.directory relative to the working directory, or absolute
 * @returns a storage, for the option `storage`
 * @example
 * createRemoteSubmission({ storage: disk({ directory: '/var/lib/portal/results' }), … });
 */
export function disk({ directory }: { directory: string }): FileStorage {
  const root = path.resolve(directory);
  const folders = new Folders(root);
  const pathOf = (key: string): string => {
    if (!keyPattern.test(key)) throw new NotFoundError('The stored file');
    return path.join(root, key);
  };
  return {
    async save(content, { expectedBytes, signal, owner } = {}) {
      const key = newKey(owner);
      const target = pathOf(key);
      const part = `${target}.part`;
      try {
        await folders.make(path.dirname(target));
        const size = await write(part, content, signal);
        if (expectedBytes !== undefined && size !== expectedBytes) throw sizeError(size, expectedBytes);
        await rename(part, target);
        await folders.sync(path.dirname(target));
        return { key, size };
      } catch (error) {
        await Promise.all([rm(part, { force: true }), rm(target, { force: true })]);
        throw isFull(error) ? fullError(error) : error;
      }
    },
    async open(key, range) {
      const file = await open(pathOf(key)).catch((cause: unknown) => {
        throw Object.assign(new NotFoundError('The stored file'), { cause });
      });
      return createReadStream('', {
        fd: file,
        start: range?.start,
        end: range?.end,
        highWaterMark: 256 * 1024,
      });
    },
    async delete(key) {
      await rm(pathOf(key), { force: true });
    },
    list: () => listFiles(root),
  };
}

/** The files of an owner are in one folder: several at once are brought to the disk together. */
function newKey(owner: string | undefined): string {
  const id = randomUUID();
  if (owner === undefined) return `${id.slice(0, 2)}/${id}`;
  return `${createHash('sha256').update(owner).digest('hex').slice(0, 2)}/${owner}_${id}`;
}

/** The folders of files, which are safe on the disk themselves. */
class Folders {
  readonly #root: string;
  readonly #syncs = new SharedSync();
  readonly #safe = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  async make(folder: string): Promise<void> {
    const made = await mkdir(folder, { recursive: true });
    if (made === undefined && this.#safe.has(folder)) return;
    await this.sync(this.#root);
    for (let at = this.#root; made !== undefined && at.startsWith(made); at = path.dirname(at)) {
      await this.sync(path.dirname(at));
    }
    this.#safe.add(folder);
  }

  sync(folder: string): Promise<void> {
    return this.#syncs.sync(folder);
  }
}

/** Folder by folder: there may be millions of files. */
async function* listFiles(root: string): AsyncGenerator<StoredFile> {
  for (const folder of await namesIn(root)) {
    for (const name of await namesIn(path.join(root, folder))) {
      const key = `${folder}/${name}`;
      const [, owner] = keyPattern.exec(key) ?? [];
      if (owner !== undefined) yield { key, owner };
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}

/** The bytes are on the disk when it resolves. */
async function write(name: string, content: Readable | Buffer, signal?: AbortSignal): Promise<number> {
  if (!Buffer.isBuffer(content)) {
    const target = createWriteStream(name, { mode: 0o600, highWaterMark: 1024 * 1024, flush: true });
    await pipeline(content, target, { signal });
    return target.bytesWritten;
  }
  const file = await open(name, 'w', 0o600);
  try {
    await file.writeFile(content, { signal });
    await file.datasync();
    return content.length;
  } finally {
    await file.close();
  }
}

function isFull(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function fullError(cause: unknown): DrsError {
  const text = 'The results cannot be stored: the disk for results is full. Make room there.';
  return new DrsError('storage_full', text, { status: 507, cause });
}

function sizeError(size: number, expected: number): DrsError {
  return new DrsError('size_mismatch', `A result ended after ${size} bytes; ${expected} were announced.`);
}
