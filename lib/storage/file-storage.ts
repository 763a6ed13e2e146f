/** The contract of file storages: whole files by key, written once. */

import type { Readable } from 'node:stream';

/** Where result bytes live. */
export interface FileStorage {
  /**
   * Stores the stream under a new key and returns key and size. The file is there whole, or not at all:
   * when it rejects, nothing stays. Once it resolves, the file outlives a power cut.
   * @param content bytes
   * @param options `expectedBytes` when known; `signal` gives up, also when it was aborted before; `owner`: whose file it
   *   is, of letters, digits and `-`; `list` tells it
   * @throws DrsError `storage_full` when there is no room now: an attempt waits for it; `size_mismatch` when `content` is
   *   longer or shorter than `expectedBytes`; the error that `content` fails with
   */
  save(
    content: Readable | Buffer,
    options?: { expectedBytes?: number; signal?: AbortSignal; owner?: string },
  ): Promise<{ key: string; size: number }>;
  /** @param range both ends included, in bytes. @throws NotFoundError */
  open(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Deletes the file; one that is not there is no error. */
  delete(key: string): Promise<void>;
  /**
   * Every file that was saved with an owner, and what is left of those that never became whole. Without it, files that
   * a dead worker stored in vain stay.
   */
  list?(): AsyncIterable<StoredFile>;
}

/** A file in a storage. */
export interface StoredFile {
  /** For `delete`. */
  key: string;
  owner: string;
}
