/** Puts files into the storage, several small ones at once. */

import type { Readable } from 'node:stream';
import type { FoundFile } from '../schedulers/scheduler.js';
import type { FileStorage } from '../storage/file-storage.js';
import type { NewResult } from '../store/attempt-store.js';

/** Small files are stored beside each other, so many at a time. */
const storedAtOnce = 16;
const smallBytes = 256 * 1024;

/** Holds what was stored until it is written down. */
export class ResultCollector {
  readonly #storage: FileStorage;
  readonly #signal: AbortSignal;
  readonly #owner: string;
  readonly #storing = new Set<Promise<void>>();
  #results: NewResult[] = [];

  /** @param options `owner`: whose files they are, so that those that a dead worker stored in vain are found */
  constructor(storage: FileStorage, { signal, owner }: { signal: AbortSignal; owner: string }) {
    this.#storage = storage;
    this.#signal = signal;
    this.#owner = owner;
  }

  /** Resolves when `content` was read to its end; what is small may still be on its way into the storage. */
  async add(file: FoundFile, content: Readable): Promise<void> {
    if (file.size > smallBytes) return this.#store(file, content);
    this.#addUntilDone(this.#store(file, await wholeContent(content)));
    if (this.#storing.size >= storedAtOnce) await Promise.race(this.#storing);
  }

  /** Resolves when nothing is on its way any more. @throws what the storage threw, after the last of them */
  async settled(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#storing);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Deletes what was stored under these names. */
  async deleteOf(isUnwanted: (name: string) => boolean): Promise<void> {
    const unwanted = this.#results.filter(({ remoteFilename }) => isUnwanted(remoteFilename));
    this.#results = this.#results.filter(({ remoteFilename }) => !isUnwanted(remoteFilename));
    await Promise.all(unwanted.map(({ storageKey }) => this.#storage.delete(storageKey)));
  }

  /** Empties the collector. */
  take(): NewResult[] {
    return this.#results.splice(0);
  }

  async #store({ name, size }: FoundFile, content: Readable | Buffer): Promise<void> {
    const saved = await this.#storage.save(content, {
      expectedBytes: size,
      signal: this.#signal,
      owner: this.#owner,
    });
    this.#results.push({ remoteFilename: name, size: saved.size, storageKey: saved.key });
  }

  /** A failure stays in the set, for whoever waits for it. */
  #addUntilDone(task: Promise<void>): void {
    const done: Promise<void> = task.then(() => void this.#storing.delete(done));
    done.catch(() => undefined);
    this.#storing.add(done);
  }
}

async function wholeContent(content: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of content) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
