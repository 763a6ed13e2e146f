/** Stores output in the order it arrives: soon when it trickles, in large chunks when it pours. */

import type { Stream } from '../core/log-policy.js';
import { incompleteTail } from '../core/utf8.js';
import type { LogHead, NewLogChunk } from './attempt-store.js';

/** Content of one chunk at the most while output is followed, so that a chunk fits into one frame to a viewer. */
export const liveChunkBytes = 60 * 1024;
/** Output that waits to be stored at the most; beyond it the server is made to wait. */
const pendingBytes = 1024 * 1024;
/** How long the rest of a line is waited for. */
const lineWaitMs = 20;

export interface LogWriterOptions {
  /** What is stored already. It is kept up to date here. */
  head: LogHead;
  /** Bytes of both streams that are stored at the most. */
  limitBytes: number;
  /** Bytes of one chunk at the most. */
  chunkBytes: number;
  /** Stores chunks after `head`, which is updated afterwards. */
  append(head: LogHead, chunks: readonly NewLogChunk[]): Promise<void>;
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
  #isCut: boolean;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    const { stdout, stderr } = options.head;
    this.#at = { stdout, stderr };
    this.#accepted = stdout + stderr;
    this.#isCut = this.#accepted > options.limitBytes;
  }

  /** How far each stream was taken, in bytes from its beginning. */
  get offsets(): { stdout: number; stderr: number } {
    const { stdout, stderr } = this.#begun;
    return { stdout: this.#at.stdout + stdout.length, stderr: this.#at.stderr + stderr.length };
  }

  /** True once output was left out. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Takes output. The promise, if any, resolves when more may come. @throws what `append` threw before */
  write(stream: Stream, bytes: Buffer): Promise<void> | undefined {
    if (this.#failure !== null) throw this.#failure;
    if (this.#isCut) return undefined;
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

  #add(stream: Stream, bytes: Buffer): void {
    if (this.#isCut || bytes.length === 0) return;
    const room = this.#options.limitBytes - this.#accepted;
    this.#accepted += bytes.length;
    this.#enqueue(stream, bytes.subarray(0, room));
    if (bytes.length > room) {
      this.#isCut = true;
      this.#enqueue(stream, Buffer.from(`\n[output is cut here, after ${this.#options.limitBytes} bytes]\n`));
    }
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
    if (isLineEnd || this.#size >= liveChunkBytes) void this.#store();
    else this.#timer ??= setTimeout(() => void this.#store(), lineWaitMs);
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
    const chunks = merge(this.#pending, this.#options.chunkBytes);
    this.#pending = [];
    this.#size = 0;
    if (chunks.length === 0) return;
    const { head, append } = this.#options;
    try {
      await append(head, chunks);
      head.seq += chunks.length;
      for (const { stream, content } of chunks) head[stream] += content.length;
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
