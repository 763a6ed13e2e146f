/** Stores output in the order it arrives: soon when it trickles, in large chunks when it pours. */

import type { Stream } from '../protocol/log-policy.js';
import { incompleteTail } from './utf8.js';
import type { LogHead, NewLogChunk } from '../store/attempt-store.js';

/** Content of one chunk at the most, so that a chunk fits into one frame to a viewer. */
export const liveChunkBytes = 60 * 1024;
/** Output that waits to be stored at the most; beyond it the server is made to wait. */
const pendingBytes = 1024 * 1024;
/** How long the rest of a line is waited for. */
const lineWaitMs = 20;
/** A program that printed so many chunks has them stored by the second: a row takes more room than a short line. */
const manyChunks = 50_000;
const slowWaitMs = 1_000;

export interface LogWriterOptions {
  /** What is stored already. It is kept up to date here. */
  head: LogHead;
  /** Bytes of both streams that are stored as they come, at the most; what comes last has room beside them. */
  headBytes: number;
  /** Bytes of one chunk at the most. */
  chunkBytes: number;
  /** Stores chunks after `head`. Resolves to the new head. */
  append(head: LogHead, chunks: readonly NewLogChunk[]): Promise<LogHead>;
}

/** The last output of a stream, and how many bytes before it were left out. */
export interface LogTail {
  stream: Stream;
  leftOut: number;
  content: Buffer;
}

/** Takes output from `write`, and stores it through `append`. */
export class LogWriter {
  readonly #options: LogWriterOptions;
  #pending: NewLogChunk[] = [];
  #size = 0;
  #storing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failure: Error | null = null;
  /** Where the next byte of each stream belongs. */
  readonly #at: { stdout: number; stderr: number };
  /** The beginning of a character whose rest has not come yet. */
  readonly #begun: Record<Stream, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  #accepted: number;
  #isFull: boolean;
  /** The beginning and the end are stored, maybe by another worker: nothing is to be added. */
  readonly isComplete: boolean;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    const { stdout, stderr } = options.head;
    this.#at = { stdout, stderr };
    this.#accepted = stdout + stderr;
    this.isComplete = this.#accepted > options.headBytes;
    this.#isFull = this.isComplete;
  }

  /** How far each stream was taken, in bytes from its beginning. */
  get offsets(): { stdout: number; stderr: number } {
    const { stdout, stderr } = this.#begun;
    return { stdout: this.#at.stdout + stdout.length, stderr: this.#at.stderr + stderr.length };
  }

  /** True once output came for which there is no room: from then on nothing is taken. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** How many bytes there is room for. */
  get room(): number {
    return this.#isFull ? 0 : this.#options.headBytes - this.#accepted;
  }

  /** Takes output. The promise, if any, resolves when more may come. @throws what `append` threw before */
  write(stream: Stream, bytes: Buffer): Promise<void> | undefined {
    if (this.#failure !== null) throw this.#failure;
    if (this.#isFull) return undefined;
    const joined = this.#begun[stream].length > 0 ? Buffer.concat([this.#begun[stream], bytes]) : bytes;
    const split = joined.length - incompleteTail(joined);
    this.#begun[stream] = joined.subarray(split);
    this.#add(stream, joined.subarray(0, split));
    this.#schedule(joined[split - 1] === 0x0a);
    return this.#size > pendingBytes ? this.#drain() : undefined;
  }

  /** Stores what is left. @throws what `append` throws */
  async end(): Promise<void> {
    for (const stream of ['stdout', 'stderr'] as const) this.#add(stream, this.#begun[stream]);
    this.#begun.stdout = this.#begun.stderr = Buffer.alloc(0);
    await this.#drain();
  }

  /**
   * Stores the last output behind what was stored so far, all of it or nothing: whoever takes the attempt over then
   * knows by its size which of the two it is.
   */
  async addTail(tails: readonly LogTail[]): Promise<void> {
    for (const { stream, leftOut, content } of tails) {
      if (leftOut > 0)
        this.#enqueue(stream, Buffer.from(`\n[${leftOut} bytes of output are left out here]\n`));
      this.#enqueue(stream, content);
    }
    await this.#drain();
  }

  #add(stream: Stream, bytes: Buffer): void {
    if (this.#isFull || bytes.length === 0) return;
    const fitting = upTo(bytes, this.room);
    this.#accepted += fitting.length;
    this.#enqueue(stream, fitting);
    if (fitting.length === bytes.length) return;
    this.#isFull = true;
    this.#begun.stdout = this.#begun.stderr = Buffer.alloc(0);
  }

  #enqueue(stream: Stream, bytes: Buffer): void {
    const time = new Date();
    for (let rest = bytes; rest.length > 0;) {
      const content = upTo(rest, this.#options.chunkBytes);
      this.#pending.push({ stream, offset: this.#at[stream], time, content });
      this.#at[stream] += content.length;
      this.#size += content.length;
      rest = rest.subarray(content.length);
    }
  }

  #schedule(isLineEnd: boolean): void {
    if (this.#storing !== null) return;
    if ((isLineEnd && !this.#isSlow) || this.#size >= liveChunkBytes) void this.#store();
    else this.#timer ??= setTimeout(() => void this.#store(), this.#isSlow ? slowWaitMs : lineWaitMs);
  }

  get #isSlow(): boolean {
    return this.#options.head.seq >= manyChunks;
  }

  async #drain(): Promise<void> {
    while ((this.#pending.length > 0 || this.#storing !== null) && this.#failure === null)
      await this.#store();
    if (this.#failure !== null) throw this.#failure;
  }

  #store(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#storing ??= this.#storePending().finally(() => {
      this.#storing = null;
      if (this.#pending.length > 0 && this.#failure === null) this.#schedule(true);
    });
    return this.#storing;
  }

  async #storePending(): Promise<void> {
    const pieces = this.#isSlow ? byStream(this.#pending) : this.#pending;
    const chunks = merge(pieces, this.#options.chunkBytes);
    this.#pending = [];
    this.#size = 0;
    if (chunks.length === 0) return;
    const { head, append } = this.#options;
    try {
      Object.assign(head, await append(head, chunks));
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** The first bytes, cut between characters. */
function upTo(bytes: Buffer, most: number): Buffer {
  if (bytes.length <= most) return bytes;
  const cut = bytes.subarray(0, most);
  return cut.subarray(0, most - incompleteTail(cut));
}

function byStream(pieces: readonly NewLogChunk[]): NewLogChunk[] {
  return [...pieces].sort((a, b) => a.stream.localeCompare(b.stream));
}

/** Neighbours of the same stream become one chunk while they fit. */
function merge(pieces: readonly NewLogChunk[], chunkBytes: number): NewLogChunk[] {
  const chunks: NewLogChunk[] = [];
  let group: NewLogChunk[] = [];
  let size = 0;
  const close = () => {
    const [first] = group;
    if (first) {
      const content = group.length === 1 ? first.content : Buffer.concat(group.map((piece) => piece.content));
      chunks.push({ ...first, content });
    }
    group = [];
    size = 0;
  };
  for (const piece of pieces) {
    if (group[0]?.stream !== piece.stream || size + piece.content.length > chunkBytes) close();
    group.push(piece);
    size += piece.content.length;
  }
  close();
  return chunks;
}
