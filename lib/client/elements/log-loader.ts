/** Loads the ranges of a log that the reader looks at, and the rest of it when the whole log is needed. */

import type { LogChunk } from '../../protocol/events.js';
import type { Hole, LogPieces } from '../terminal/log-pieces.js';
import type { LogPage, LogQuery } from '../types.js';

/** Reads a page of stored chunks. */
export type ReadPage = (range: Pick<LogQuery, 'after' | 'before' | 'line' | 'maxBytes'>) => Promise<LogPage>;

/** Lines that the reader is near to. */
export interface Sight {
  first: number;
  last: number;
}

export interface LoaderOptions {
  pieces: LogPieces;
  read: ReadPage;
  /** Puts chunks into their holes. */
  onLoaded: (chunks: readonly LogChunk[]) => void;
  /** Words for the reader; empty when there is nothing to say. */
  onState: (words: string, hasFailed: boolean) => void;
}

/** Bytes of one answer: some thousand lines, quick to fetch and to read. */
const pageBytes = 256 * 1024;
/** A log with no more than this before its end is loaded without being asked for. */
const small = { bytes: 2_000_000, chunks: 4000 };
/** A reader need not hear of what takes no longer. */
const quietMs = 400;

/** Loads one page at a time. */
export class LogLoader {
  readonly #options: LoaderOptions;
  #isLoading = false;
  #isStopped = false;
  #hasFailed = false;
  #wantsAll = false;
  #sight: Sight | null = null;

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  /** Chunks of the end have come. So little before them that all may be had is loaded at once. */
  learn(chunks: readonly LogChunk[]): void {
    const first = new Map([...chunks].reverse().map(({ stream, offset }) => [stream, offset]));
    const bytes = [...first.values()].reduce((sum, offset) => sum + offset, 0);
    this.#wantsAll = bytes <= small.bytes && (chunks[0]?.seq ?? 0) <= small.chunks;
    if (this.#wantsAll) void this.#continue();
  }

  /** Loads what is missing of these lines. After a failure, only `retry` tries again. */
  see(sight: Sight): void {
    this.#sight = sight;
    if (!this.#hasFailed) void this.#continue();
  }

  /** Does nothing unless it has failed. */
  retry(): void {
    if (!this.#hasFailed) return;
    this.#hasFailed = false;
    this.#options.onState('', false);
    void this.#continue();
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.onState('', false);
  }

  async #continue(): Promise<void> {
    const { pieces, read, onLoaded, onState } = this.#options;
    const range =
      (this.#sight && rangeFor(pieces, this.#sight)) ?? (this.#wantsAll ? firstHole(pieces) : null);
    if (!range || this.#isLoading || this.#isStopped) return;
    this.#isLoading = true;
    const telling = setTimeout(() => onState('Loading…', false), quietMs);
    try {
      const { items } = await read({ ...range, maxBytes: pageBytes });
      if (this.#isStopped) return;
      const before = pieces.length;
      onLoaded(items);
      if (pieces.length === before) throw new Error('The server does not have it any more.');
      onState('', false);
    } catch (error) {
      this.#hasFailed = true;
      if (!this.#isStopped) onState(`Output could not be loaded: ${(error as Error).message}`, true);
    } finally {
      clearTimeout(telling);
      this.#isLoading = false;
    }
    if (this.#wantsAll && !this.#hasFailed) void this.#continue();
  }
}

/** Where to read what is missing of some lines: from the side that something is known of. */
function rangeFor(pieces: LogPieces, { first, last }: Sight): Parameters<ReadPage>[0] | null {
  const hole = pieces.holeWithin(first, last);
  if (!hole) return null;
  if (last >= hole.last) return { before: hole.before };
  if (first <= hole.first && hole.after > 0) return { after: hole.after };
  return { line: Math.max(first, hole.first) };
}

function firstHole(pieces: LogPieces): { after: number } | null {
  const hole: Hole | null = pieces.holeWithin(1, pieces.lineCount);
  return hole && { after: hole.after };
}
