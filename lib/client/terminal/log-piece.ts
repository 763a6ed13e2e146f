/** A part of a log: chunks that follow each other, and the rows of the lines that begin in them. */

import type { LogChunk } from '../../protocol/events.js';
import type { Stream } from '../../protocol/log-policy.js';
import { changeOf } from './cells.js';
import { LogLines, type Carried } from './log-lines.js';

/** What a piece hands over to the one behind it. */
export type Handover = Readonly<Record<Stream, Carried>>;

/** What a log begins with. */
export const nothingBefore: Handover = new LogLines().carried;

/** A piece. Lines that begin in it are shown here to their ends, which may come with later chunks. */
export class LogPiece {
  readonly chunks: LogChunk[];
  /** Characters of all chunks. */
  length = 0;
  #lines: LogLines;
  /** What it began with; null when what is before it is not known. */
  #start: Handover | null;
  #end: Handover | null = null;
  /** The last chunk of later pieces that was looked at for the ends of lines. */
  #finished = 0;

  /** @param chunks at least one */
  constructor(chunks: readonly LogChunk[], start: Handover | null) {
    this.chunks = [...chunks];
    this.#start = start;
    this.#lines = this.#read();
  }

  get first(): number {
    return this.chunks[0]?.seq ?? 0;
  }

  get last(): number {
    return this.chunks.at(-1)?.seq ?? 0;
  }

  get lines(): LogLines {
    return this.#lines;
  }

  /** The number of the first line that begins here, or of the one that it shows the end of. */
  get firstLine(): number {
    return this.#lines.row(0)?.line ?? this.#linesBefore + 1;
  }

  /** What the next piece begins with. */
  get end(): Handover {
    return this.#end ?? this.#lines.carried;
  }

  get isOpen(): boolean {
    return this.#lines.isOpen('stdout') || this.#lines.isOpen('stderr');
  }

  /** Takes the next chunk. Returns the first row that is new or other than before. */
  append(chunk: LogChunk): number {
    this.chunks.push(chunk);
    this.length += chunk.content.length;
    return this.#lines.append(chunk);
  }

  /** Looks through a later chunk for the ends of lines that began here. Returns the row that is other than before. */
  finish(chunk: LogChunk): number {
    this.#end ??= this.#lines.carried;
    if (chunk.seq <= this.#finished) return this.#lines.size;
    this.#finished = chunk.seq;
    return this.#lines.finish(chunk);
  }

  /** Begins with what is before it. True when the rows are others than before. */
  follow(start: Handover): boolean {
    if (this.#start && isSame(this.#start, start)) return false;
    this.#start = start;
    this.#end = null;
    this.#finished = 0;
    this.#lines = this.#read();
    return true;
  }

  get #linesBefore(): number {
    return this.chunks[0]?.linesBefore ?? 0;
  }

  #read(): LogLines {
    const lines = new LogLines({
      lines: this.#linesBefore,
      carried: this.#start ?? nothingBefore,
      hasFragment: this.#start === null,
    });
    this.length = 0;
    for (const chunk of this.chunks) {
      lines.append(chunk);
      this.length += chunk.content.length;
    }
    return lines;
  }
}

function isSame(one: Handover, other: Handover): boolean {
  return (['stdout', 'stderr'] as const).every(
    (stream) =>
      one[stream].rest === other[stream].rest && changeOf(one[stream].style, other[stream].style) === '',
  );
}
