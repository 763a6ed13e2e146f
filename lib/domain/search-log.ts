/** Searches the stored output of an attempt for text, a page of hits at a time. */

import type { z } from 'zod';
import type { Stream } from '../protocol/log-policy.js';
import type { StoredChunk, StoredLogs } from '../store/read-log.js';
import type { logHitSchema } from '../protocol/schemas/log-schemas.js';

/** A line, or the part of a long one that a chunk holds, and how often the text is in it. */
export type LogHit = z.infer<typeof logHitSchema>;

export interface LogSearch {
  jobId: number;
  attempt: number;
  /** Both when left out. */
  stream?: Stream;
  /** As it stands, whatever the case. */
  text: string;
  /** Begins behind this chunk. */
  after: number;
  /** No further chunk is looked at once so many lines were found. */
  limit: number;
}

/** What one reading holds in memory. */
const pageBytes = 1024 * 1024;
const pageChunks = 1000;
/** No further page is read after so long: the answer says where to go on. */
const mostMs = 1000;
/** What is read again before the first chunk, for a hit that begins there. */
const before = { chunks: 50, bytes: 128 * 1024 };

/** Finds lines in the order of their chunks. `next`: the chunk to go on after; null when all is searched. */
export async function searchLog(
  { store }: { store: { readonly logs: Pick<StoredLogs, 'read' | 'lastSeqOf'> } },
  { jobId, attempt, stream, text, after, limit }: LogSearch,
): Promise<{ items: LogHit[]; next: number | null }> {
  const scanners = { stdout: new Scanner(text), stderr: new Scanner(text) };
  const scan = (chunks: readonly StoredChunk[]): LogHit[] =>
    chunks
      .filter((chunk) => stream === undefined || chunk.stream === stream)
      .flatMap((chunk) => scanners[chunk.stream].scan(chunk));
  const { chunks: most, bytes } = before;
  const earlier = { jobId, attempt, after: 0, before: after + 1, limit: most, maxBytes: bytes };
  if (after > 0) scan(await store.logs.read(earlier));
  const items: LogHit[] = [];
  const end = performance.now() + mostMs;
  for (let last = after; ;) {
    const range = { jobId, attempt, after: last, limit: pageChunks, maxBytes: pageBytes };
    const chunks = await store.logs.read(range);
    if (chunks.length === 0) return { items, next: null };
    for (const chunk of chunks) {
      items.push(...scan([chunk]));
      last = chunk.seq;
      if (items.length >= limit) break;
    }
    if (items.length >= limit || performance.now() > end) {
      return { items, next: last < (await store.logs.lastSeqOf(jobId, attempt)) ? last : null };
    }
  }
}

// ECMA-48: a control sequence; a control string up to its end, or to a line's; any other escape sequence.
const sequence =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[ -/]*[0-OQ-WYZ`-~\\])/g;
const unfinished = /\u001b(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001b\n]*|[ -/]*)$/;
/** What is longer is no sequence. */
const maxSequence = 4096;

/** Looks through one stream, chunk by chunk; a hit may begin in one and end in another. */
class Scanner {
  readonly #pattern: RegExp;
  readonly #most: number;
  /** The end of the line under way, in which a hit may have begun. */
  #carry = '';
  /** An escape sequence whose end has not come yet. */
  #begun = '';

  constructor(text: string) {
    this.#pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu');
    this.#most = text.length - 1;
  }

  scan(chunk: StoredChunk): LogHit[] {
    const { seq, stream, line, linesBefore } = chunk;
    const text = this.#carry + this.#visible(chunk.content.toString('utf8'));
    // A chunk that goes on with a line begins one fewer.
    const second = linesBefore + (line > linesBefore ? 2 : 1);
    const hits: LogHit[] = [];
    let [counted, ends, last] = [0, 0, 0];
    for (const { index, 0: found } of text.matchAll(this.#pattern)) {
      for (let at = text.indexOf('\n', counted); at !== -1 && at < index; at = text.indexOf('\n', counted)) {
        ends += 1;
        counted = at + 1;
      }
      last = index + found.length;
      const own = ends === 0 ? line : second + ends - 1;
      const known = hits.at(-1);
      if (known?.line === own) known.hits += 1;
      else hits.push({ line: own, seq, stream, hits: 1 });
    }
    this.#carry = text.slice(Math.max(last, text.length - this.#most, text.lastIndexOf('\n') + 1));
    return hits;
  }

  /** Colours and the like must not hide a hit. */
  #visible(content: string): string {
    const text = this.#begun + content;
    this.#begun = '';
    if (!text.includes('\u001b')) return text;
    const from = text.lastIndexOf('\u001b');
    const tail = text.length - from < maxSequence ? unfinished.exec(text.slice(from)) : null;
    if (tail) this.#begun = tail[0];
    return text.slice(0, text.length - this.#begun.length).replace(sequence, '');
  }
}
