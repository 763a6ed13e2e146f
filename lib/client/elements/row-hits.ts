/** The positions of a text in the rows of a log. */

import { plainText } from '../terminal/segments.js';

/** What is searched. */
export interface SearchedRows {
  readonly size: number;
  /** True when all rows are there. */
  readonly isWhole: boolean;
  /** The last chunk that is known. */
  readonly last: number;
  row(index: number): { text: string; line: number; isContinued: boolean } | undefined;
  /** The first row of a line; -1: there is none. */
  indexOfLine(line: number): number;
}

/** What is looked for. */
export interface Searched {
  pattern: RegExp;
  /** Characters that a hit may have in the row before. */
  overlap: number;
}

/** Rows of the other stream that may stand between two of one line. */
const maxBack = 64;

/** Text as it stands, whatever the case. */
export function searchedFor(text: string): Searched {
  const pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu');
  return { pattern, overlap: text.length - 1 };
}

/** The positions that end in a row. One that begins in the row before, of the same long line, begins before 0. */
export function hitsIn(
  rows: SearchedRows,
  index: number,
  { pattern, overlap }: Searched,
): { start: number; end: number }[] {
  const row = rows.row(index);
  if (!row) return [];
  const before = row.isContinued ? rowBefore(rows, index, row.line) : '';
  const end = before.slice(Math.max(0, before.length - overlap));
  return [...(end + plainText(row.text)).matchAll(pattern)].map(({ index: at, 0: found }) => ({
    start: at - end.length,
    end: at - end.length + found.length,
  }));
}

/** The text before a row in the same line. */
function rowBefore(rows: SearchedRows, index: number, line: number): string {
  for (let back = 1; back <= maxBack; back += 1) {
    const row = rows.row(index - back);
    if (row?.line === line) return plainText(row.text);
  }
  return '';
}
