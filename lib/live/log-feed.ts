/** The newest output of one attempt, read once from the database for every viewer who is at its end. */

import type { LogChunk } from '../protocol/events.js';

/** Reads stored chunks in order: up to about `maxBytes` of content, at least one when there is one. */
export type ReadChunks = (after: number, maxBytes: number) => Promise<LogChunk[]>;

/** One frame, in bytes; a chunk that is larger goes alone. */
const maxFrameBytes = 64 * 1024;
/** What a chunk takes besides its content: its number, time and place. */
const chunkBytes = 160;
/** Beyond so many viewers, each of them is told less often, so that one process can serve a crowd. */
const crowd = { viewers: 100, msForEach: 0.1 };
/** What is kept in memory of one attempt, for all viewers together. */
const maxKeptBytes = 256 * 1024;

/** Follows the end of one attempt's log in this process. The truth is in the database; this is a small copy of its end. */
export class LogFeed {
  readonly #read: ReadChunks;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<() => void>();
  #kept: LogChunk[] = [];
  #keptBytes = 0;
  /** The last number that was read, and the last one that viewers were told of. */
  #head = 0;
  #shown = 0;
  #telling: NodeJS.Timeout | undefined;
  #announced = 0;
  #isStarted = false;
  #reading: Promise<void> | undefined;

  constructor(read: ReadChunks, onError: (error: unknown) => void) {
    this.#read = read;
    this.#onError = onError;
  }

  /** The last number that viewers may be given. */
  get head(): number {
    return this.#shown;
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  /** Calls `listener` whenever the head has moved. */
  add(listener: () => void): void {
    this.#listeners.add(listener);
  }

  remove(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Says where the log ends just now: what lies before is read by those who want it, not by the feed. */
  startAt(head: number): void {
    if (this.#isStarted) return this.announce(head);
    this.#isStarted = true;
    this.#head = head;
    this.#notify();
    this.announce(this.#announced);
  }

  /** Chunks up to `seq` are stored now. */
  announce(seq: number): void {
    this.#announced = Math.max(this.#announced, seq);
    if (this.#isStarted && this.#announced > this.#head) this.#reading ??= this.#catchUp();
  }

  /** The chunks after `after` that fit into a frame. Who is far behind reads from the database alone. */
  async after(after: number): Promise<LogChunk[]> {
    if (after >= this.#shown) return [];
    const [oldest] = this.#kept;
    if (!oldest || oldest.seq > after + 1) return this.stored(after);
    return firstFrame(this.#kept.slice(after + 1 - oldest.seq));
  }

  /** The same from the database, whatever was announced. */
  async stored(after: number): Promise<LogChunk[]> {
    return firstFrame(await this.#read(after, maxFrameBytes));
  }

  async #catchUp(): Promise<void> {
    try {
      while (this.#announced > this.#head) {
        const chunks = await this.#read(this.#head, maxKeptBytes);
        const last = chunks.at(-1);
        // Announced before it can be seen, or deleted since: the next announcement or check comes back.
        if (!last) break;
        this.#keep(chunks);
        this.#head = last.seq;
        this.#notify();
      }
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#announced = this.#head;
      this.#reading = undefined;
    }
  }

  #notify(): void {
    const { size } = this.#listeners;
    if (size <= crowd.viewers) this.#tell();
    else this.#telling ??= setTimeout(() => this.#tell(), size * crowd.msForEach).unref();
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    this.#shown = this.#head;
    for (const listener of this.#listeners) listener();
  }

  #keep(chunks: readonly LogChunk[]): void {
    this.#kept.push(...chunks);
    this.#keptBytes += weightOf(chunks);
    let dropped = 0;
    for (; this.#keptBytes > maxKeptBytes && dropped < this.#kept.length; dropped += 1) {
      this.#keptBytes -= weightOf(this.#kept.slice(dropped, dropped + 1));
    }
    if (dropped > 0) this.#kept = this.#kept.slice(dropped);
  }
}

/** What chunks take, in bytes: many small ones are no light load. */
export function weightOf(chunks: readonly LogChunk[]): number {
  return chunks.reduce((sum, { content }) => sum + Buffer.byteLength(content) + chunkBytes, 0);
}

/** As many chunks as fit into one frame, at least one. */
function firstFrame(chunks: readonly LogChunk[]): LogChunk[] {
  let bytes = 0;
  const end = chunks.findIndex((chunk, index) => {
    bytes += weightOf([chunk]);
    return index > 0 && bytes > maxFrameBytes;
  });
  return end === -1 ? [...chunks] : chunks.slice(0, end);
}
