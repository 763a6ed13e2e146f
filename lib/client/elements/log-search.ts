/** A search in a log: what is looked for, its hits, and the one that the reader is at. */

import type { LogHits } from '../types.js';
import { findHere, findOnServer, maxHits, type HitFinder } from './find-hits.js';
import { hitsIn, searchedFor, type Searched, type SearchedRows } from './row-hits.js';

/** Asks the server for lines with a text, behind a chunk. */
export type SearchServer = (text: string, after: number) => Promise<LogHits>;

/** A line may be cut by so many rows of the other stream. */
const maxRowsBetween = 64;

/** Where a hit is. */
interface HitPosition {
  /** -1: nowhere. */
  row: number;
  /** Which of the row's hits it is; -1: it is not loaded. */
  nth: number;
}

/** A search and its hits. */
export class LogSearch {
  readonly #rows: SearchedRows;
  readonly #onChange: () => void;
  #ask: SearchServer | null = null;
  #text = '';
  #searched: Searched | null = null;
  #finder: HitFinder | null = null;
  #hits: number[] = [];
  #current = -1;
  /** Where the current hit is, once it was looked for. */
  #position: HitPosition | null = null;

  constructor(rows: SearchedRows, onChange: () => void) {
    this.#rows = rows;
    this.#onChange = onChange;
  }

  get isActive(): boolean {
    return this.#searched !== null;
  }

  get count(): number {
    return this.#hits.length;
  }

  /** True when there are more than are counted. */
  get isCut(): boolean {
    return this.#hits.length >= maxHits;
  }

  /** The hit that the reader is at, from 0; -1: none. */
  get current(): number {
    return this.#current;
  }

  get isDone(): boolean {
    return this.#finder?.isDone ?? true;
  }

  get problem(): string {
    return this.#finder?.problem ?? '';
  }

  /** Other output begins: the same text is looked for in it. */
  begin(ask: SearchServer): void {
    this.#ask = ask;
    this.find(this.#text);
  }

  /** Searches for text as it stands, whatever the case; an empty one ends the search. */
  find(text: string): void {
    this.stop();
    this.#text = text;
    this.#searched = text === '' ? null : searchedFor(text);
    this.#hits = [];
    this.#current = -1;
    this.#position = null;
    this.#finder = this.#searched && this.#find(this.#searched);
    this.#onChange();
  }

  /** Rows from this one on are new or other than before. */
  changed(from: number): void {
    this.#position = null;
    this.#finder?.changed(from);
  }

  /** Goes to the first hit at or after a line, or to the last one. */
  goFrom(line: number): void {
    this.#go(Math.min(this.#positionOf(line), this.#hits.length - 1));
  }

  /** True when a hit at or after a line is known. */
  hasFrom(line: number): boolean {
    return this.#positionOf(line) < this.#hits.length;
  }

  /** Goes on or back, round at the ends. */
  step(by: 1 | -1): void {
    const { length } = this.#hits;
    this.#go(length === 0 ? -1 : (Math.max(this.#current, by === 1 ? -1 : 0) + by + length) % length);
  }

  /** The row of the hit that the reader is at, or the first of its line; -1: none. */
  get row(): number {
    return this.#found.row;
  }

  /** The positions of hits in a row's plain text, and which of them the reader is at. */
  marksOf(index: number): { start: number; end: number; isCurrent: boolean }[] {
    const { row, nth } = this.#found;
    return this.#hitsIn(index).map((hit, at) => ({ ...hit, isCurrent: index === row && at === nth }));
  }

  stop(): void {
    this.#finder?.stop();
    this.#finder = null;
  }

  #find(searched: Searched): HitFinder {
    const ask = this.#ask;
    const text = this.#text;
    const hits = {
      add: (line: number, count: number) => {
        for (let nth = 0; nth < count && !this.isCut; nth += 1) this.#hits.push(line);
      },
      cut: (count: number) => {
        this.#hits.length = Math.min(this.#hits.length, count);
        if (this.#current >= this.#hits.length) this.#current = -1;
      },
    };
    const use = { hits, onChange: () => this.#onChange() };
    if (this.#rows.isWhole || !ask) return findHere(this.#rows, searched, use);
    return findOnServer((after) => ask(text, after), this.#rows, use);
  }

  get #found(): HitPosition {
    return (this.#position ??= this.#locate(this.#hits[this.#current] ?? 0));
  }

  /** Which row of its line holds the current hit, and which of the row's hits it is: a long line has many rows. */
  #locate(line: number): HitPosition {
    const first = this.#rows.indexOfLine(line);
    let nth = this.#current - this.#positionOf(line);
    for (let [index, between] = [first, 0]; first >= 0 && between <= maxRowsBetween; index += 1) {
      between = this.#rows.row(index)?.line === line ? 0 : between + 1;
      if (between > 0) continue;
      const count = this.#hitsIn(index).length;
      if (nth < count) return { row: index, nth };
      nth -= count;
    }
    return { row: first, nth: -1 };
  }

  #hitsIn(index: number): { start: number; end: number }[] {
    return this.#searched ? hitsIn(this.#rows, index, this.#searched) : [];
  }

  #go(hit: number): void {
    this.#current = hit;
    this.#position = null;
    this.#onChange();
  }

  /** How many hits are before a line. */
  #positionOf(line: number): number {
    let [low, high] = [0, this.#hits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#hits[middle] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
