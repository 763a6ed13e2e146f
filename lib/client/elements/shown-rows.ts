/** The rows that are shown: all of a log, or its end with a gap before it. */

import type { LogChunk } from '../../core/events.js';
import { plainText } from '../terminal/segments.js';
import { LogLines, type LogRow } from '../terminal/log-lines.js';

/** Rows, the first of which may stand for all earlier ones. */
export class ShownRows {
  #lines = new LogLines();
  #gap = 0;

  /** True while earlier output is not there. */
  get hasGap(): boolean {
    return this.#gap === 1;
  }

  get size(): number {
    return this.#lines.size + this.#gap;
  }

  /** The number of lines; 0 while it is not known. */
  get lineCount(): number {
    return this.hasGap ? 0 : this.#lines.lineCount;
  }

  get widest(): number {
    return this.#lines.widest;
  }

  isGap(index: number): boolean {
    return this.hasGap && index === 0;
  }

  /** A row; its line is 0 while its number is not known. Undefined for the gap. */
  row(index: number): LogRow | undefined {
    const row = this.#lines.row(index - this.#gap);
    return row && this.hasGap ? { ...row, line: 0 } : row;
  }

  width(index: number): number {
    return this.isGap(index) ? 0 : this.#lines.width(index - this.#gap);
  }

  /** The first row of a line; -1 when it is not there. */
  indexOfLine(line: number): number {
    return this.hasGap ? -1 : this.#lines.indexOfLine(line);
  }

  /** Takes the next chunk. Returns the first row that is new or other than before. */
  append(chunk: LogChunk): number {
    return this.#lines.append(chunk) + this.#gap;
  }

  begin(): void {
    this.#lines = new LogLines();
    this.#gap = 0;
  }

  /** What follows is not the start. */
  leaveGap(): void {
    this.#gap = 1;
  }

  /** Puts the whole log in the place of its end. */
  fill(lines: LogLines): void {
    this.#lines = lines;
    this.#gap = 0;
  }
}

/** All rows as text, without colours. */
export function textOf(rows: ShownRows): string {
  const parts: string[] = [];
  for (let index = 0; index < rows.size; index += 1) {
    const row = rows.row(index);
    if (index > 0 && !row?.isContinued) parts.push('\n');
    parts.push(plainText(row?.text ?? ''));
  }
  return parts.join('');
}
