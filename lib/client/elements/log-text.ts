/** All output of an attempt as text, without colours: for the clipboard. */

import type { LogRow } from '../terminal/row-table.js';
import { LogLines } from '../terminal/log-lines.js';
import { plainText } from '../terminal/segments.js';
import type { ReadPage } from './log-loader.js';

/** More than this no clipboard and no page should hold. */
const maxBytes = 50_000_000;

interface Rows {
  readonly size: number;
  row(index: number): LogRow | undefined;
}

/** The rows as text. */
export function textOf(rows: Rows): string {
  const parts: string[] = [];
  for (let index = 0; index < rows.size; index += 1) {
    const row = rows.row(index);
    if (index > 0 && !row?.isContinued) parts.push('\n');
    parts.push(plainText(row?.text ?? ''));
  }
  return parts.join('');
}

/** Reads all of it from the server. @throws Error when it is too much, or cannot be read */
export async function readWhole(read: ReadPage): Promise<string> {
  const lines = new LogLines();
  let bytes = 0;
  for (let after: number | null = 0; after !== null;) {
    const page = await read({ after });
    for (const chunk of page.items) {
      lines.append(chunk);
      bytes += chunk.content.length;
    }
    if (bytes > maxBytes) throw new Error('it is too long. Download it raw.');
    after = page.items.length === 0 ? null : page.next;
  }
  return textOf(lines);
}
