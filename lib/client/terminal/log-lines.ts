/** The line model of a log: chunks go in, rows come out. It knows nothing of a page. */

import type { LogChunk } from '../../protocol/events.js';
import type { Stream } from '../../protocol/log-policy.js';
import { OpenLine, maxColumns } from './open-line.js';
import { RowTable, type LogRow } from './row-table.js';
import { applySgr, plain, sgrOf, type Style } from './style.js';
import { tokenize, type Token } from './tokens.js';

/** What a stream carries over from one chunk to the next. */
export interface Carried {
  style: Style;
  /** A sequence that is not complete yet. */
  rest: string;
}

/** What is before the first chunk. */
export interface LogStart {
  /** Lines that have begun. */
  lines: number;
  carried: Readonly<Record<Stream, Carried>>;
  /** True where nothing else shows the line that the first chunk is in the middle of: then its end is shown here. */
  hasFragment: boolean;
}

type Text = Pick<LogChunk, 'stream' | 'content' | 'time'> & { line?: number };

/** A stream's own line: output of the other stream in between does not break it. */
interface Writer extends Carried {
  stream: Stream;
  open: OpenLine;
  /** The row that `open` is shown in; -1 before it has one. */
  row: number;
  /** True before its first chunk. */
  isNew: boolean;
  /** True while what comes belongs to a line that began before all this. */
  isElsewhere: boolean;
}

// Lines of this kind need no cells: text and colours, and nothing that moves or acts.
const simpleLine = new RegExp(
  /^(?:[^\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\u001b\[[\d;:]*m)*$/,
);

const styleSequence = /\u001b\[([\d;:]*)m/g;

const nothing: Carried = { style: plain, rest: '' };
const beginning: LogStart = { lines: 0, carried: { stdout: nothing, stderr: nothing }, hasFragment: true };

/** The rows of the lines that begin in some chunks, one after the other. */
export class LogLines {
  readonly rows = new RowTable();
  readonly #start: LogStart;
  readonly #writers: Record<Stream, Writer>;
  #lineCount: number;

  constructor(start: LogStart = beginning) {
    this.#start = start;
    this.#lineCount = start.lines;
    const { stdout, stderr } = start.carried;
    this.#writers = { stdout: newWriter('stdout', stdout), stderr: newWriter('stderr', stderr) };
  }

  get size(): number {
    return this.rows.size;
  }

  /** The number of the last line that has begun. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** What the next chunk begins with. */
  get carried(): Record<Stream, Carried> {
    const of = ({ style, rest }: Writer): Carried => ({ style, rest });
    return { stdout: of(this.#writers.stdout), stderr: of(this.#writers.stderr) };
  }

  row(index: number): LogRow | undefined {
    return this.rows.get(index);
  }

  /** True while a line of a stream has no end. */
  isOpen(stream: Stream): boolean {
    return this.#writers[stream].row !== -1;
  }

  /** Takes the next chunk. Returns the first row that is new or other than before. */
  append(chunk: Text): number {
    const writer = this.#writers[chunk.stream];
    const timeMs = Date.parse(chunk.time);
    let text = writer.rest + chunk.content;
    writer.rest = '';
    if (writer.isNew) this.#enter(writer, chunk.line ?? Infinity, timeMs);
    if (writer.isElsewhere) text = passElsewhere(writer, text);
    const changed = writer.row === -1 ? this.size : writer.row;
    this.#take(writer, text, timeMs);
    return changed;
  }

  /** Takes what follows on these chunks, up to the end of the stream's open line. Returns the row that is other than before. */
  finish({ stream, content, time }: Text): number {
    const writer = this.#writers[stream];
    const changed = writer.row;
    if (changed === -1) return this.size;
    const text = writer.rest + content;
    writer.rest = '';
    const end = text.indexOf('\n') + 1;
    this.#take(writer, end === 0 ? text : text.slice(0, end), Date.parse(time));
    return changed;
  }

  /** The first chunk of a stream may go on with a line that began before. */
  #enter(writer: Writer, line: number, timeMs: number): void {
    const { lines, hasFragment } = this.#start;
    writer.isNew = false;
    if (line > lines) return;
    if (hasFragment && line === lines && this.size === 0)
      writer.row = this.#addRow(writer, timeMs, { isContinued: true });
    else writer.isElsewhere = true;
  }

  #take(writer: Writer, text: string, timeMs: number): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#appendLine(writer, text.slice(start, end), timeMs);
      start = end + 1;
    }
    if (start < text.length) this.#appendPart(writer, text.slice(start), timeMs);
    this.#show(writer);
  }

  /** A whole line, its end included. */
  #appendLine(writer: Writer, line: string, timeMs: number): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    const isSimple = writer.row === -1 && text.length <= maxColumns && simpleLine.test(text);
    // A tab moves, and does not paint.
    const isPainted = text.includes('\t') && (writer.style !== plain || text.includes('\u001b'));
    if (!isSimple || isPainted) return this.#appendPart(writer, `${line}\n`, timeMs);
    const before = sgrOf(writer.style);
    for (const [, parameters = ''] of text.matchAll(styleSequence)) restyle(writer, parameters);
    this.#addRow(writer, timeMs, { text: before + text });
  }

  #appendPart(writer: Writer, part: string, timeMs: number): void {
    if (writer.row === -1) writer.row = this.#addRow(writer, timeMs);
    const { tokens, rest } = tokenize(part);
    writer.rest = rest;
    for (const token of tokens) this.#takeToken(writer, token, timeMs);
  }

  #takeToken(writer: Writer, token: Token, timeMs: number): void {
    if (token.type === 'style') restyle(writer, token.parameters);
    else if (token.type === 'text') this.#write(writer, token.text, timeMs);
    else if (token.type === 'newline') this.#endLine(writer);
    else writer.open.act(token);
  }

  #write(writer: Writer, text: string, timeMs: number): void {
    let left = writer.open.write(text, writer.style);
    while (left !== '') {
      this.#show(writer);
      writer.open.clear();
      writer.row = this.#addRow(writer, timeMs, { isContinued: true });
      left = writer.open.write(left, writer.style);
    }
  }

  #endLine(writer: Writer): void {
    this.#show(writer);
    writer.open.clear();
    writer.row = -1;
  }

  /** Puts the line under way into its row. */
  #show({ row, open }: Writer): void {
    if (row !== -1) this.rows.setText(row, open.text(), open.columns);
  }

  #addRow({ stream, row }: Writer, time: number, { text = '', isContinued = false } = {}): number {
    if (!isContinued) this.#lineCount += 1;
    // A long line goes on as the one that it is, whatever has begun since.
    const line = (isContinued ? this.rows.get(row)?.line : undefined) ?? this.#lineCount;
    return this.rows.add({ text, stream, line, isContinued, time });
  }
}

/** Passes over the end of a line that is not shown here. Returns what follows on it. */
function passElsewhere(writer: Writer, text: string): string {
  const end = text.indexOf('\n');
  writer.isElsewhere = end === -1;
  const { tokens, rest } = tokenize(end === -1 ? text : text.slice(0, end + 1));
  for (const token of tokens) if (token.type === 'style') restyle(writer, token.parameters);
  writer.rest = rest;
  return end === -1 ? '' : text.slice(end + 1);
}

/** Styles that look the same stay one object. */
function restyle(writer: Writer, parameters: string): void {
  const next = applySgr(writer.style, parameters);
  if (sgrOf(next) !== sgrOf(writer.style)) writer.style = next;
}

function newWriter(stream: Stream, { style, rest }: Carried): Writer {
  return { stream, style, rest, open: new OpenLine(), row: -1, isNew: true, isElsewhere: false };
}
