/** The pieces of a log that are loaded, with holes between them. Lines are numbered exactly all the same. */

import type { LogChunk } from '../../protocol/events.js';
import { LogPiece, nothingBefore } from './log-piece.js';
import type { LogRow } from './row-table.js';

/** Lines that are not loaded. */
export interface Hole {
  first: number;
  last: number;
  /** The chunks around it: those between them are missing. */
  after: number;
  before: number;
}

/** Rows beside each other: those of a piece, or one for each line of a hole. */
type Block = { start: number } & ({ piece: LogPiece } | { hole: Hole });

/** A piece that is added to grows no further than this. */
const maxPiece = { characters: 256 * 1024, chunks: 1000 };

/** Pieces of a log in their order. The last one ends where the log ends, as far as it is known. */
export class LogPieces {
  #pieces: LogPiece[] = [];
  #blocks: Block[] | null = null;
  #widest = 0;

  /** Rows, those that stand for missing lines included. */
  get size(): number {
    const last = this.#layout().at(-1);
    return last ? last.start + sizeOf(last) : 0;
  }

  /** The number of the last line. */
  get lineCount(): number {
    return this.#pieces.at(-1)?.lines.lineCount ?? 0;
  }

  /** The last chunk that is known. */
  get last(): number {
    return this.#pieces.at(-1)?.last ?? 0;
  }

  /** The most columns that a row has taken so far. */
  get widest(): number {
    return this.#widest;
  }

  /** True when nothing is missing. */
  get isWhole(): boolean {
    return this.#pieces.every((piece, at) => piece.first === (this.#pieces[at - 1]?.last ?? 0) + 1);
  }

  /** Characters that are held. */
  get length(): number {
    return this.#pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** A row; undefined for one of a hole. */
  row(index: number): LogRow | undefined {
    const block = this.#blockAt(index);
    return block && 'piece' in block ? block.piece.lines.row(index - block.start) : undefined;
  }

  /** The line of a row, which may be missing. */
  lineOf(index: number): number {
    const block = this.#blockAt(index);
    if (!block) return 0;
    if ('hole' in block) return block.hole.first + index - block.start;
    return block.piece.lines.row(index - block.start)?.line ?? 0;
  }

  /** The first hole with one of these lines. */
  holeWithin(first: number, last: number): Hole | null {
    for (const block of this.#layout()) {
      if ('hole' in block && block.hole.last >= first && block.hole.first <= last) return block.hole;
    }
    return null;
  }

  /** How many columns a row takes. */
  width(index: number): number {
    const block = this.#blockAt(index);
    return block && 'piece' in block ? block.piece.lines.rows.width(index - block.start) : 0;
  }

  /** The first row of a line, which may be missing; -1 when there is no such line yet. */
  indexOfLine(line: number): number {
    const block = line < 1 ? undefined : this.#layout().find((one) => lastLineOf(one) >= line);
    if (!block) return -1;
    if ('hole' in block) return block.start + line - block.hole.first;
    return block.start + block.piece.lines.rows.indexOfLine(line);
  }

  /** Takes the next chunk of the end. Returns the first row that is new or other than before. */
  append(chunk: LogChunk): number {
    const last = this.#pieces.at(-1);
    if (!last || last.last !== chunk.seq - 1 || isFull(last)) {
      const changed = this.#finish(this.#pieces.length, [chunk]);
      const { size } = this;
      this.#add(this.#pieces.length, [chunk]);
      return Math.min(changed, size);
    }
    const changed = this.#finish(this.#pieces.length - 1, [chunk]);
    const start = this.#layout().at(-1)?.start ?? 0;
    const row = start + last.append(chunk);
    this.#widest = Math.max(this.#widest, last.lines.rows.widest);
    return Math.min(changed, row);
  }

  /** Fills holes with chunks that follow each other. What is there already, or beyond the end, is left out. */
  insert(chunks: readonly LogChunk[]): void {
    const missing = chunks.filter(
      ({ seq }) => seq <= this.last && !this.#pieces.some(({ first, last }) => first <= seq && seq <= last),
    );
    for (const run of runsOf(missing)) {
      const at = this.#pieces.findIndex(({ first }) => first > (run[0]?.seq ?? 0));
      this.#add(at === -1 ? this.#pieces.length : at, run);
      if (at !== -1) this.#join(at);
    }
  }

  /** Drops the pieces that are furthest from a line, until no more than so many characters are held. */
  keepNear(line: number, maxLength: number): void {
    let length = this.length;
    // The end stays: what is printed next belongs to it.
    const far = this.#pieces.slice(0, -1).sort((a, b) => distance(b, line) - distance(a, line));
    for (const piece of far) {
      if (length <= maxLength) break;
      length -= piece.length;
      this.#pieces.splice(this.#pieces.indexOf(piece), 1);
      this.#blocks = null;
    }
  }

  clear(): void {
    this.#pieces = [];
    this.#blocks = null;
    this.#widest = 0;
  }

  #add(at: number, chunks: readonly LogChunk[]): void {
    const first = chunks[0]?.seq ?? 0;
    const before = this.#pieces[at - 1];
    const isNext = (before?.last ?? 0) === first - 1;
    const piece = new LogPiece(chunks, isNext ? (before?.end ?? nothingBefore) : null);
    this.#pieces.splice(at, 0, piece);
    this.#widest = Math.max(this.#widest, piece.lines.rows.widest);
    this.#blocks = null;
  }

  /** A piece is there that was not: those around it are shown as they are with it. */
  #join(at: number): void {
    for (let next = at; next < this.#pieces.length; next += 1) {
      const piece = this.#pieces[next];
      const before = this.#pieces[next - 1];
      if (!piece || before?.last !== piece.first - 1) continue;
      if (next > at) piece.follow(before.end);
      this.#finish(next, piece.chunks);
    }
    this.#blocks = null;
  }

  /** Gives chunks to the pieces before them whose lines have no end yet. Returns the first row that is other than before. */
  #finish(at: number, chunks: readonly LogChunk[]): number {
    let changed = Infinity;
    let next = this.#pieces[at]?.first ?? chunks[0]?.seq;
    for (const piece of this.#pieces.slice(0, at).reverse()) {
      if (piece.last + 1 !== next) break;
      next = piece.first;
      if (!piece.isOpen) continue;
      const start = this.#layout().find((block) => 'piece' in block && block.piece === piece)?.start ?? 0;
      for (const chunk of chunks) changed = Math.min(changed, start + piece.finish(chunk));
      this.#blocks = null;
    }
    return changed;
  }

  #blockAt(index: number): Block | undefined {
    const blocks = this.#layout();
    let [low, high] = [0, blocks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((blocks[middle]?.start ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    const block = blocks[low];
    return block && index >= 0 && index < block.start + sizeOf(block) ? block : undefined;
  }

  #layout(): Block[] {
    if (this.#blocks) return this.#blocks;
    const blocks: Block[] = [];
    let start = 0;
    const add = (block: { piece: LogPiece } | { hole: Hole }) => {
      blocks.push({ start, ...block });
      start += sizeOf(block);
    };
    let before: LogPiece | undefined;
    for (const piece of this.#pieces) {
      if (piece.first > (before?.last ?? 0) + 1) add({ hole: holeBetween(before, piece) });
      add({ piece });
      before = piece;
    }
    this.#blocks = blocks;
    return blocks;
  }
}

/** A hole has a row at least, to be seen: it may be in the middle of one line. */
function holeBetween(before: LogPiece | undefined, next: LogPiece): Hole {
  const first = Math.min((before?.lines.lineCount ?? 0) + 1, next.firstLine);
  return { first, last: Math.max(first, next.firstLine - 1), after: before?.last ?? 0, before: next.first };
}

function sizeOf(block: { piece: LogPiece } | { hole: Hole }): number {
  return 'piece' in block ? block.piece.lines.size : block.hole.last - block.hole.first + 1;
}

function lastLineOf(block: Block): number {
  return 'piece' in block ? block.piece.lines.lineCount : block.hole.last;
}

function isFull({ length, chunks }: LogPiece): boolean {
  return length >= maxPiece.characters || chunks.length >= maxPiece.chunks;
}

/** How many lines a piece is away. */
function distance({ firstLine, lines }: LogPiece, line: number): number {
  return Math.max(0, firstLine - line, line - lines.lineCount);
}

/** Splits chunks where numbers are missing between them. */
function runsOf(chunks: readonly LogChunk[]): LogChunk[][] {
  const runs: LogChunk[][] = [];
  for (const chunk of chunks) {
    const run = runs.at(-1);
    if (run?.at(-1)?.seq === chunk.seq - 1) run.push(chunk);
    else runs.push([chunk]);
  }
  return runs;
}
