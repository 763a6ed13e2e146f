/** A search in a log: what is looked for, its hits, and the one that the reader is at. */

import { plainText } from '../terminal/segments.js';
import type { LogHits } from '../types.js';
import { findHere, findOnServer, maxHits, type HitFinder, type SearchedRows } from './find-hits.js';

/** Asks the server for lines with a text, behind a chunk. */
export type SearchServer = (text: string, after: number) => Promise<LogHits>;

/** Rows of one long line that are looked through for the place of a hit. */
const maxRowsBack = 64;

/** A search and its hits. */
export class LogSearch {
  readonly #rows: SearchedRows;
  readonly #onChange: () => void;
  #ask: SearchServer | null = null;
  #text = '';
  #pattern: RegExp | null = null;
  #finder: HitFinder | null = null;
  #hits: number[] = [];
  #current = -1;

  constructor(rows: SearchedRows, onChange: () => void) {
    this.#rows = rows;
    this.#onChange = onChange;
  }

  get isActive(): boolean {
    return this.#pattern !== null;
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
    this.#pattern = text === '' ? null : new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu');
    this.#hits = [];
    this.#current = -1;
    this.#finder = this.#pattern && this.#find(this.#pattern);
    this.#onChange();
  }

  /** Rows from this one on are new or other than before. */
  changed(from: number): void {
    this.#finder?.changed(from);
  }

  /** Goes to the first hit at or after a line, or to the last one. Returns its line; 0: none. */
  goFrom(line: number): number {
    return this.#go(Math.min(this.#placeOf(line), this.#hits.length - 1));
  }

  /** True when a hit at or after a line is known. */
  hasFrom(line: number): boolean {
    return this.#placeOf(line) < this.#hits.length;
  }

  /** Goes on or back, round at the ends. Returns the line; 0: none. */
  step(by: 1 | -1): number {
    const { length } = this.#hits;
    return this.#go(length === 0 ? -1 : (Math.max(this.#current, by === 1 ? -1 : 0) + by + length) % length);
  }

  /** The places of hits in a row's plain text, and which of them the reader is at. */
  marksOf(index: number, text: string): { start: number; end: number; isCurrent: boolean }[] {
    if (!this.#pattern) return [];
    const nth = this.#nthIn(index);
    return [...text.matchAll(this.#pattern)].map(({ index: start, 0: found }, place) => ({
      start,
      end: start + found.length,
      isCurrent: place === nth,
    }));
  }

  stop(): void {
    this.#finder?.stop();
    this.#finder = null;
  }

  #find(pattern: RegExp): HitFinder {
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
    if (this.#rows.isWhole || !ask) return findHere(this.#rows, pattern, use);
    return findOnServer((after) => ask(text, after), this.#rows, use);
  }

  /** Which hit of a row the reader is at; -1: none. */
  #nthIn(index: number): number {
    const row = this.#rows.row(index);
    const line = this.#hits[this.#current];
    if (!row || !this.#pattern || line !== row.line) return -1;
    let nth = this.#current - this.#placeOf(line);
    for (let back = 1; row.isContinued && back <= maxRowsBack; back += 1) {
      const before = this.#rows.row(index - back);
      if (before?.line === line) nth -= plainText(before.text).match(this.#pattern)?.length ?? 0;
      if (!before || (before.line === line && !before.isContinued)) break;
    }
    return nth;
  }

  #go(hit: number): number {
    this.#current = hit;
    this.#onChange();
    return this.#hits[hit] ?? 0;
  }

  /** How many hits are before a line. */
  #placeOf(line: number): number {
    let [low, high] = [0, this.#hits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#hits[middle] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
