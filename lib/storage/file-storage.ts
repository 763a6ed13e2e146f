/** The contract of file storages: whole files by key, written once. */

import type { Readable } from 'node:stream';

/** Where result bytes live. */
export interface FileStorage {
  /**
   * Stores the stream under a new key and returns key and size. The file is there whole, or not at all:
   * when `content` fails or `signal` aborts, nothing stays.
   * @param content bytes; `expectedBytes` when known: a shorter or longer stream is an error
   */
  save(
    content: Readable | Buffer,
    options?: { expectedBytes?: number; signal?: AbortSignal },
  ): Promise<{ key: string; size: number }>;
  /** @param range both ends included, in bytes. @throws NotFoundError */
  open(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Deletes the file; one that is not there is no error. */
  delete(key: string): Promise<void>;
}
