/** Brings the files back that an attempt made or changed: each whole, or not at all. */

import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import type { AttemptPlace } from '../schedulers/scheduler.js';
import type { Session } from '../transports/session.js';
import type { Claim, NewResult } from './attempt-store.js';
import { chooseResults } from './choose-results.js';
import type { ActiveAttempt, WorkerParts } from './parts.js';

/** A file that changes while it is read is read again, so often. */
const rounds = 3;
/** Small files are stored beside each other, so many at a time. */
const storedAtOnce = 16;
const smallBytes = 256 * 1024;

interface Collection {
  session: Session;
  place: AttemptPlace;
  /** Paths below the remote directory. */
  files: readonly string[];
  /** There are more. */
  isCut: boolean;
}

/** Stores what the patterns want. Resolves to a sentence about what had to be left, or null. */
export async function collectResults(
  parts: WorkerParts,
  { claim, letGo }: ActiveAttempt,
  { session, place, files, isCut }: Collection,
): Promise<string | null> {
  const { store, limits } = parts;
  const { chosen, notes } = await chooseResults(files, claim.storeResults, limits);
  if (isCut) notes.push('So many files were made that the rest of them was not looked at.');
  const known = new Set(chosen.length > 0 ? await store.resultNames(claim) : []);
  let names = chosen.filter((name) => !known.has(name));
  const basket = new Basket(parts, { signal: letGo, owner: place.name });
  for (let round = 0; round < rounds && names.length > 0; round += 1) {
    names = await bring(parts, claim, { session, place, names, basket, signal: letGo });
  }
  if (names.length > 0) notes.push(`Files that something still writes to were left: ${some(names)}.`);
  const unread = [...basket.missing].filter((name) => !names.includes(name));
  if (unread.length > 0) notes.push(`Files that could not be read were left: ${some(unread)}.`);
  if (basket.left > 0)
    notes.push(`${basket.left} results over the limit of ${limits.resultBytes} bytes were left.`);
  return notes.length === 0 ? null : notes.join(' ');
}

/** The first names, for a sentence. */
function some(names: readonly string[]): string {
  const more = names.length - 5;
  return names.slice(0, 5).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

interface Fetching {
  session: Session;
  place: AttemptPlace;
  names: readonly string[];
  basket: Basket;
  signal: AbortSignal;
}

/** Stores these files; resolves to the names of those that changed meanwhile, of which nothing is kept. */
async function bring(
  { scheduler, store, storage }: WorkerParts,
  claim: Claim,
  fetching: Fetching,
): Promise<string[]> {
  const { session, place, names, basket, signal } = fetching;
  const fetch = (asked: readonly string[]): Promise<string[]> =>
    scheduler.fetchFiles(session, place, { names: asked, signal, onTar: (tar) => basket.fill(tar, asked) });
  try {
    const changed = new Set(await fetch(names));
    // A second name of the same file comes as a link to the first: alone, it comes as a file.
    for (const name of basket.takeLinked()) for (const late of await fetch([name])) changed.add(late);
    const torn = basket.removeTorn(changed);
    await Promise.all(torn.map(({ storageKey }) => storage.delete(storageKey)));
    await store.addResults(
      claim,
      basket.remove(() => true),
    );
    return names.filter((name) => changed.has(name));
  } catch (error) {
    await Promise.allSettled(basket.remove(() => true).map(({ storageKey }) => storage.delete(storageKey)));
    throw error;
  }
}

/** Takes the files out of a tar stream into storage. */
class Basket {
  readonly #parts: WorkerParts;
  readonly #signal: AbortSignal;
  /** Whose files they are, so that those that a dead worker stored in vain are found. */
  readonly #owner: string;
  #results: NewResult[] = [];
  #linked: string[] = [];
  #bytes = 0;
  /** Files over the limit of bytes. */
  left = 0;
  /** Names that were asked for, and did not come: the user may not read the file, or it is gone. */
  readonly missing = new Set<string>();

  constructor(parts: WorkerParts, { signal, owner }: { signal: AbortSignal; owner: string }) {
    this.#parts = parts;
    this.#signal = signal;
    this.#owner = owner;
  }

  remove(isChosen: (result: NewResult) => boolean): NewResult[] {
    const chosen = this.#results.filter(isChosen);
    this.#results = this.#results.filter((result) => !isChosen(result));
    return chosen;
  }

  /** Takes out what was torn: its room is free again. */
  removeTorn(names: ReadonlySet<string>): NewResult[] {
    const torn = this.remove(({ remoteFilename }) => names.has(remoteFilename));
    for (const { size } of torn) this.#bytes -= size;
    return torn;
  }

  takeLinked(): string[] {
    return this.#linked.splice(0);
  }

  /** Takes the files of these names, each once, and no others: the server may send what it likes. */
  async fill(tar: Readable, names: readonly string[]): Promise<void> {
    const storing = new Set<Promise<unknown>>();
    const wanted = new Set(names);
    try {
      await this.#takeAll(tar, { wanted, storing });
      for (const name of names) this.missing.delete(name);
      for (const name of wanted) this.missing.add(name);
    } finally {
      // What is stored at this moment is in the basket afterwards, and can be deleted.
      await Promise.allSettled(storing);
    }
  }

  async #takeAll(
    tar: Readable,
    { wanted, storing }: { wanted: Set<string>; storing: Set<Promise<unknown>> },
  ): Promise<void> {
    const entries = tar.pipe(extract());
    tar.once('error', (error) => entries.destroy(error));
    for await (const entry of entries) {
      const { type, size = 0 } = entry.header;
      const name = entry.header.name.replace(/^\.\//, '');
      if (!wanted.delete(name)) {
        entry.resume();
        continue;
      }
      if (type !== 'file' || this.#bytes + size > this.#parts.limits.resultBytes) {
        if (type === 'link') this.#linked.push(name);
        if (type === 'file') this.left += 1;
        entry.resume();
        continue;
      }
      this.#bytes += size;
      const content =
        size <= smallBytes
          ? await wholeContent(entry as unknown as Readable)
          : (entry as unknown as Readable);
      const stored = this.#store(name, size, content);
      if (Buffer.isBuffer(content)) addUntilDone(storing, stored);
      else await stored;
      if (storing.size >= storedAtOnce) await Promise.race(storing);
    }
    await Promise.all(storing);
  }

  async #store(remoteFilename: string, size: number, content: Readable | Buffer): Promise<void> {
    const { storage } = this.#parts;
    const saved = await storage.save(content, {
      expectedBytes: size,
      signal: this.#signal,
      owner: this.#owner,
    });
    this.#results.push({ remoteFilename, size: saved.size, storageKey: saved.key });
  }
}

/** A failure stays in the set, for whoever waits for it. */
function addUntilDone(pending: Set<Promise<unknown>>, task: Promise<void>): void {
  const done: Promise<void> = task.then(() => void pending.delete(done));
  done.catch(() => undefined);
  pending.add(done);
}

async function wholeContent(entry: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of entry) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
