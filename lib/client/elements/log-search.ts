/** Finds text in the rows of a log, a slice at a time, also while the log grows. */

import { plainText } from '../terminal/segments.js';

/** What is searched. */
export interface SearchedRows {
  readonly size: number;
  row(index: number): { text: string } | undefined;
}

/** Rows of one slice: the page stays quick to answer in between. */
const sliceRows = 20_000;

/** A search and its hits. */
export class LogSearch {
  readonly #rows: SearchedRows;
  readonly #onChange: () => void;
  /** The row of each hit, in order; a row with several is there several times. */
  #hits: number[] = [];
  #pattern: RegExp | null = null;
  #searched = 0;
  #current = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;

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

  /** The hit that the reader is at, from 0; -1: none. */
  get current(): number {
    return this.#current;
  }

  get isDone(): boolean {
    return this.#searched >= this.#rows.size;
  }

  /** Searches for text as it stands, whatever the case; an empty one ends the search. */
  find(text: string): void {
    this.#pattern = text === '' ? null : new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu');
    this.changed(0);
  }

  /** Rows from this one on are new or other than before. */
  changed(from: number): void {
    if (from < this.#searched) {
      this.#searched = from;
      this.#hits.length = this.#placeOf(from);
      if (this.#current >= this.#hits.length) this.#current = -1;
    }
    this.#continue();
  }

  /** Goes to the first hit at or after a row, or to the last one. Returns its row; -1: none. */
  goFrom(row: number): number {
    return this.#go(Math.min(this.#placeOf(row), this.#hits.length - 1));
  }

  /** Goes on or back, round at the ends. Returns the row; -1: none. */
  step(by: 1 | -1): number {
    const { length } = this.#hits;
    return this.#go(length === 0 ? -1 : (Math.max(this.#current, by === 1 ? -1 : 0) + by + length) % length);
  }

  /** The places of hits in a row's plain text, and which of them the reader is at. */
  marksOf(index: number, text: string): { start: number; end: number; isCurrent: boolean }[] {
    if (!this.#pattern) return [];
    const isHere = this.#hits[this.#current] === index;
    const nth = isHere ? this.#current - this.#placeOf(index) : -1;
    return [...text.matchAll(this.#pattern)].map(({ index: start, 0: found }, place) => ({
      start,
      end: start + found.length,
      isCurrent: place === nth,
    }));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #go(hit: number): number {
    this.#current = hit;
    this.#onChange();
    return this.#hits[hit] ?? -1;
  }

  #continue(): void {
    clearTimeout(this.#timer);
    this.#slice();
    if (this.#pattern && !this.isDone) this.#timer = setTimeout(() => this.#continue());
    this.#onChange();
  }

  #slice(): void {
    const end = Math.min(this.#rows.size, this.#searched + sliceRows);
    if (this.#pattern) {
      for (let index = this.#searched; index < end; index += 1) {
        const text = plainText(this.#rows.row(index)?.text ?? '');
        const found = text.match(this.#pattern)?.length ?? 0;
        for (let nth = 0; nth < found; nth += 1) this.#hits.push(index);
      }
      this.#searched = end;
    } else {
      this.#searched = this.#rows.size;
    }
  }

  /** How many hits are before a row. */
  #placeOf(row: number): number {
    let [low, high] = [0, this.#hits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#hits[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
