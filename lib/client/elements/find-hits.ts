/** Finds text in a log, and goes on while the log grows: here where all of it is loaded, on the server where it is not. */

import type { LogHits } from '../types.js';
import { hitsIn, type Searched, type SearchedRows } from './row-hits.js';

/** The lines of hits, in order; a line with several is there several times. */
export interface HitList {
  add(line: number, count: number): void;
  /** Leaves the first so many. */
  cut(count: number): void;
}

/** A search under way. */
export interface HitFinder {
  readonly isDone: boolean;
  readonly problem: string;
  /** Rows from this one on are new or other than before. */
  changed(from: number): void;
  stop(): void;
}

/** Asks the server for lines behind a chunk. */
export type AskServer = (after: number) => Promise<LogHits>;

/** Rows of one slice: the page stays quick to answer in between. */
const sliceRows = 20_000;
/** How long new output waits for a search by the server. */
const serverMs = 1000;
/** More hits than these nobody goes through. */
export const maxHits = 100_000;

/** Searches the rows that are loaded, a slice at a time. */
export function findHere(
  rows: SearchedRows,
  wanted: Searched,
  { hits, onChange }: { hits: HitList; onChange: () => void },
): HitFinder {
  /** The row of each hit. */
  const found: number[] = [];
  let searched = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function search(): void {
    clearTimeout(timer);
    const end = Math.min(rows.size, searched + sliceRows);
    for (; searched < end; searched += 1) {
      const row = rows.row(searched);
      const count = hitsIn(rows, searched, wanted).length;
      if (!row || count === 0) continue;
      hits.add(row.line, count);
      for (let nth = 0; nth < count; nth += 1) found.push(searched);
    }
    if (searched < rows.size) timer = setTimeout(search);
    onChange();
  }

  search();
  return {
    problem: '',
    get isDone() {
      return searched >= rows.size;
    },
    changed(from) {
      if (from < searched) {
        searched = from;
        while ((found.at(-1) ?? -1) >= from) found.pop();
        hits.cut(found.length);
      }
      search();
    },
    stop: () => clearTimeout(timer),
  };
}

/** Has the server search, one answer after the other. */
export function findOnServer(
  ask: AskServer,
  rows: SearchedRows,
  { hits, onChange }: { hits: HitList; onChange: () => void },
): HitFinder {
  let state: 'asking' | 'done' | 'stopped' = 'asking';
  let problem = '';
  let after = 0;
  let newest = { seq: 0, line: 0 };
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function search(): Promise<void> {
    timer = undefined;
    state = 'asking';
    problem = '';
    const { last } = rows;
    try {
      for (let next: number | null = after; next !== null && state === 'asking';) {
        const answer: LogHits = await ask(next);
        if (state !== 'asking') return;
        take(answer);
        next = answer.next;
        onChange();
      }
      after = last;
    } catch (error) {
      problem = (error as Error).message;
    }
    if (state === 'asking') state = 'done';
    onChange();
  }

  /** What was looked at up to the end may have been more than was known here: nothing is taken twice. */
  function take({ items }: LogHits): void {
    for (const item of items) {
      if (item.seq < newest.seq || (item.seq === newest.seq && item.line <= newest.line)) continue;
      hits.add(item.line, item.hits);
      newest = item;
    }
  }

  void search();
  return {
    get isDone() {
      return state === 'done';
    },
    get problem() {
      return problem;
    },
    changed() {
      if (state === 'done' && timer === undefined) timer = setTimeout(() => void search(), serverMs);
    },
    stop() {
      state = 'stopped';
      clearTimeout(timer);
    },
  };
}
