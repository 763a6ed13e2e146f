/** The rows of a part of a log in compact columns: a million fit well into memory. */

import type { Stream } from '../../protocol/log-policy.js';
import { widthOf } from './width.js';

/** One row of a log. */
export interface LogRow {
  /** Text with style sequences (SGR) and nothing else that acts; it stands for itself. */
  text: string;
  stream: Stream;
  /** The line's number, from 1; several rows share it when a line is very long. */
  line: number;
  /** True for the second and later rows of a long line. */
  isContinued: boolean;
  /** When it was begun, in milliseconds since 1970; NaN when unknown. */
  time: number;
}

const isStderr = 1;
const isContinued = 2;

/** Rows that are added at the end, and whose text may change. */
export class RowTable {
  #texts: string[] = [];
  #flags = new Uint8Array(64);
  #lines = new Uint32Array(64);
  #times = new Float64Array(64);
  #widths = new Uint16Array(64);
  /** The rows that lines begin with. */
  #begins = new Uint32Array(64);
  #begun = 0;
  #widest = 0;

  get size(): number {
    return this.#texts.length;
  }

  /** The most columns that a row takes. */
  get widest(): number {
    return this.#widest;
  }

  get(index: number): LogRow | undefined {
    const text = this.#texts[index];
    if (text === undefined) return undefined;
    const flags = this.#flags[index] ?? 0;
    return {
      text,
      stream: (flags & isStderr) === 0 ? 'stdout' : 'stderr',
      line: this.#lines[index] ?? 0,
      isContinued: (flags & isContinued) !== 0,
      time: this.#times[index] ?? NaN,
    };
  }

  /** How many columns a row takes. */
  width(index: number): number {
    return this.#widths[index] ?? 0;
  }

  /** The first row of a line, or of the next one that is there. */
  indexOfLine(line: number): number {
    // Lines begin one after the other; rows that go on with one may come later.
    const nth = line - (this.#lines[this.#begins[0] ?? 0] ?? 0);
    return nth < 0 ? 0 : nth < this.#begun ? (this.#begins[nth] ?? 0) : this.size;
  }

  /** Returns the index of the row. */
  add({ text, stream, line, isContinued: isMore, time }: LogRow): number {
    const index = this.#texts.length;
    if (index === this.#flags.length) this.#grow();
    this.#texts.push(text);
    this.#flags[index] = (stream === 'stderr' ? isStderr : 0) | (isMore ? isContinued : 0);
    this.#lines[index] = line;
    this.#times[index] = time;
    if (!isMore) this.#begins[this.#begun++] = index;
    this.#setWidth(index, widthOf(text));
    return index;
  }

  setText(index: number, text: string, columns: number): void {
    this.#texts[index] = text;
    this.#setWidth(index, columns);
  }

  #setWidth(index: number, width: number): void {
    this.#widths[index] = width;
    this.#widest = Math.max(this.#widest, width);
  }

  #grow(): void {
    const size = this.#flags.length * 2;
    this.#flags = grown(this.#flags, new Uint8Array(size));
    this.#lines = grown(this.#lines, new Uint32Array(size));
    this.#times = grown(this.#times, new Float64Array(size));
    this.#widths = grown(this.#widths, new Uint16Array(size));
    this.#begins = grown(this.#begins, new Uint32Array(size));
  }
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
