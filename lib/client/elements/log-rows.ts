/** The rows of a log as they are drawn. */

import type { LogPieces } from '../terminal/log-pieces.js';
import type { LineLinks } from './line-links.js';
import { drawMissing, drawRow } from './log-row.js';
import type { LogSearch } from './log-search.js';
import type { RowSource } from './row-window.js';

/** What a row depends on. */
export interface RowDependencies {
  rows: LogPieces;
  search: LogSearch;
  links: LineLinks;
  hasTimes: () => boolean;
}

/** Draws rows, those that are missing with their numbers alone. */
export function rowSource({ rows, search, links, hasTimes }: RowDependencies): RowSource {
  return {
    get size() {
      return rows.size;
    },
    key: (index) => keyOf(rows, index),
    draw(index) {
      const row = rows.row(index);
      const line = row?.line ?? rows.lineOf(index);
      const look = {
        href: links.hrefOf({ first: line, last: line }),
        isSelected: links.has(line),
        hasTime: hasTimes(),
        marks: () => search.marksOf(index),
      };
      return row ? drawRow(row, look) : drawMissing(line, look);
    },
  };
}

/** All that a row is: when this changes, it is drawn anew. Two rows of the same text may differ in all else. */
export function keyOf(rows: LogPieces, index: number): string {
  return JSON.stringify(rows.row(index) ?? rows.lineOf(index));
}
