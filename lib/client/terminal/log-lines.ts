/** The line model of a log: chunks go in, rows come out. It knows nothing of a page. */

import type { LogChunk } from '../../core/events.js';
import type { Stream } from '../../core/log-policy.js';
import { OpenLine, maxColumns } from './open-line.js';
import { applySgr, plain, sgrOf, type Style } from './style.js';
import { tokenize, type Token } from './tokens.js';
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

/** A stream's own line: output of the other stream in between does not break it. */
interface Writer {
  stream: Stream;
  open: OpenLine;
  /** The row that `open` is shown in; -1 before it has one. */
  row: number;
  style: Style;
  /** A sequence that is not complete yet. */
  rest: string;
}

const isStderr = 1;
const isContinued = 2;

// Lines of this kind need no cells: text and colours, and nothing that moves or acts.
const simpleLine = new RegExp(
  /^(?:[^\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\u001b\[[\d;:]*m)*$/,
);

const styleSequence = /\u001b\[([\d;:]*)m/g;

/** Rows in compact columns: a million fit well into memory. */
export class LogLines {
  #texts: string[] = [];
  #flags = new Uint8Array(1024);
  #lines = new Uint32Array(1024);
  #times = new Float64Array(1024);
  #widths = new Uint16Array(1024);
  #lineCount = 0;
  #widest = 0;
  readonly #writers: Record<Stream, Writer> = { stdout: newWriter('stdout'), stderr: newWriter('stderr') };

  /** The number of rows. */
  get size(): number {
    return this.#texts.length;
  }

  /** The number of lines, a line under way included. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** The most characters that a row has. */
  get widest(): number {
    return this.#widest;
  }

  row(index: number): LogRow | undefined {
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

  /** The first row of a line; -1 when there is none yet. */
  indexOfLine(line: number): number {
    if (line < 1 || line > this.#lineCount) return -1;
    let [low, high] = [0, this.size - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lines[middle] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes the next chunk. Returns the first row that is new or other than before. */
  append({ stream, content, time }: Pick<LogChunk, 'stream' | 'content' | 'time'>): number {
    const writer = this.#writers[stream];
    const changed = writer.row === -1 ? this.size : writer.row;
    const timeMs = Date.parse(time);
    const text = writer.rest + content;
    writer.rest = '';
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#appendLine(writer, text.slice(start, end), timeMs);
      start = end + 1;
    }
    if (start < text.length) this.#appendPart(writer, text.slice(start), timeMs);
    this.#show(writer);
    return changed;
  }

  clear(): void {
    this.#texts = [];
    this.#lineCount = 0;
    this.#widest = 0;
    for (const stream of ['stdout', 'stderr'] as const) this.#writers[stream] = newWriter(stream);
  }

  /** A whole line, its end included. */
  #appendLine(writer: Writer, line: string, timeMs: number): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    const isSimple =
      writer.row === -1 && writer.open.isEmpty && text.length <= maxColumns && simpleLine.test(text);
    if (!isSimple) return this.#appendPart(writer, `${line}\n`, timeMs);
    const before = sgrOf(writer.style);
    for (const [, parameters = ''] of text.matchAll(styleSequence)) {
      writer.style = applySgr(writer.style, parameters);
    }
    this.#addRow(writer, { text: before + text, timeMs, isContinuation: false });
  }

  #appendPart(writer: Writer, part: string, timeMs: number): void {
    const { tokens, rest } = tokenize(part);
    writer.rest = rest;
    for (const token of tokens) this.#takeToken(writer, token, timeMs);
  }

  #takeToken(writer: Writer, token: Token, timeMs: number): void {
    if (token.type === 'style') writer.style = applySgr(writer.style, token.parameters);
    else if (token.type === 'text') this.#write(writer, token.text, timeMs);
    else if (token.type === 'newline') this.#endLine(writer, timeMs);
    else writer.open.act(token);
  }

  #write(writer: Writer, text: string, timeMs: number): void {
    this.#begin(writer, timeMs);
    let left = writer.open.write(text, writer.style);
    while (left !== '') {
      this.#show(writer);
      writer.open.clear();
      writer.row = this.#addRow(writer, { text: '', timeMs, isContinuation: true });
      left = writer.open.write(left, writer.style);
    }
  }

  #endLine(writer: Writer, timeMs: number): void {
    this.#begin(writer, timeMs);
    this.#show(writer);
    writer.open.clear();
    writer.row = -1;
  }

  #begin(writer: Writer, timeMs: number): void {
    if (writer.row === -1) writer.row = this.#addRow(writer, { text: '', timeMs, isContinuation: false });
  }

  /** Puts the line under way into its row. */
  #show(writer: Writer): void {
    if (writer.row === -1) return;
    const text = writer.open.text();
    this.#texts[writer.row] = text;
    this.#measure(writer.row, text);
  }

  #addRow(writer: Writer, row: { text: string; timeMs: number; isContinuation: boolean }): number {
    const index = this.#texts.length;
    if (index === this.#flags.length) this.#grow();
    if (!row.isContinuation) this.#lineCount += 1;
    this.#texts.push(row.text);
    this.#flags[index] = (writer.stream === 'stderr' ? isStderr : 0) | (row.isContinuation ? isContinued : 0);
    this.#lines[index] = this.#lineCount;
    this.#times[index] = row.timeMs;
    this.#measure(index, row.text);
    return index;
  }

  #measure(index: number, text: string): void {
    const width = widthOf(text);
    this.#widths[index] = width;
    this.#widest = Math.max(this.#widest, width);
  }

  #grow(): void {
    const size = this.#flags.length * 2;
    this.#flags = grown(this.#flags, new Uint8Array(size));
    this.#lines = grown(this.#lines, new Uint32Array(size));
    this.#times = grown(this.#times, new Float64Array(size));
    this.#widths = grown(this.#widths, new Uint16Array(size));
  }
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

function newWriter(stream: Stream): Writer {
  return { stream, open: new OpenLine(), row: -1, style: plain, rest: '' };
}
