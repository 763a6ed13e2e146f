/** Result files in a folder. */

import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DrsError, NotFoundError } from '../errors.js';
import type { FileStorage } from './file-storage.js';

/** Keys are made here, and nowhere else: `ab/abcdef…`, never part of a name from outside. */
const keyPattern = /^[0-9a-f]{2}\/[0-9a-f-]{36}$/;

/**
 * Files below `directory`, which is made when it is missing. A file appears under its key when it is whole.
 *
 * @example
 * createRemoteSubmission({ storage: disk({ directory: '/var/lib/portal/results' }), … });
 */
export function disk({ directory }: { directory: string }): FileStorage {
  const root = path.resolve(directory);
  const pathOf = (key: string): string => {
    if (!keyPattern.test(key)) throw new NotFoundError('The stored file');
    return path.join(root, key);
  };
  return {
    async save(content, { expectedBytes, signal } = {}) {
      const id = randomUUID();
      const key = `${id.slice(0, 2)}/${id}`;
      const target = pathOf(key);
      const part = `${target}.part`;
      await mkdir(path.dirname(target), { recursive: true });
      try {
        const size = await write(part, content, signal);
        if (expectedBytes !== undefined && size !== expectedBytes) throw sizeError(size, expectedBytes);
        await rename(part, target);
        return { key, size };
      } catch (error) {
        await rm(part, { force: true });
        throw error;
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
  };
}

async function write(file: string, content: Readable | Buffer, signal?: AbortSignal): Promise<number> {
  if (Buffer.isBuffer(content)) {
    await writeFile(file, content, { signal, mode: 0o600 });
    return content.length;
  }
  const target = createWriteStream(file, { mode: 0o600, highWaterMark: 1024 * 1024 });
  await pipeline(content, target, { signal });
  return target.bytesWritten;
}

function sizeError(size: number, expected: number): DrsError {
  return new DrsError('size_mismatch', `A result ended after ${size} bytes; ${expected} were announced.`);
}
