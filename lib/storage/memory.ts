/** Result files in memory: for tests. */

import { randomUUID } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DrsError, NotFoundError } from '../errors.js';
import type { FileStorage } from './file-storage.js';

/**
 * Makes a storage of result files in memory, for tests.
 *
 * @returns a storage that is gone with the process
 * @example
 * const drs = createRemoteSubmission({ ...options, storage: memoryStorage() });
 */
export function memoryStorage(): FileStorage {
  const files = new Map<string, Buffer>();
  return {
    async save(content, { expectedBytes, signal, owner } = {}) {
      const bytes = await bytesOf(content, signal);
      if (expectedBytes !== undefined && bytes.length !== expectedBytes) {
        throw new DrsError(
          'size_mismatch',
          `A result has ${bytes.length} bytes; ${expectedBytes} were announced.`,
        );
      }
      const key = `${owner ?? ''}_${randomUUID()}`;
      files.set(key, bytes);
      return { key, size: bytes.length };
    },
    async open(key, range) {
      const bytes = files.get(key);
      if (!bytes) throw new NotFoundError('The stored file');
      return Readable.from([range ? bytes.subarray(range.start, range.end + 1) : bytes]);
    },
    async delete(key) {
      files.delete(key);
    },
    async *list() {
      for (const key of files.keys()) {
        const [owner = ''] = key.split('_');
        if (owner !== '') yield { key, owner };
      }
    },
  };
}

async function bytesOf(content: Readable | Buffer, signal: AbortSignal | undefined): Promise<Buffer> {
  signal?.throwIfAborted();
  if (Buffer.isBuffer(content)) return content;
  return buffer(signal === undefined ? content : addAbortSignal(signal, content));
}
