/** Lists, newest first, in pages that stay right while records come and go (keyset, never OFFSET). */

import { z } from 'zod';
import { ValidationError } from '../errors.js';
import { maxLimit, type ListQuery } from '../protocol/schemas/list-schemas.js';

/** How many records one request may look at when the host's own rules hide some of them. */
const maxLookedAt = 1000;

export interface PageRequest<Row extends { id: number }> {
  query: ListQuery;
  /** Up to `count` records with an id below `before`, the highest first. */
  fetch: (before: number | null, count: number) => Promise<Row[]>;
  isVisible: (row: Row) => boolean | Promise<boolean>;
  /** True when the database leaves out already what may not be seen. */
  isFiltered: boolean;
}

export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

/**
 * One page of what may be seen. Rights are asked for each record, also where the database filtered already.
 * @throws ValidationError `invalid_cursor`
 */
export async function readPage<Row extends { id: number }>(request: PageRequest<Row>): Promise<Page<Row>> {
  const { query, fetch, isVisible, isFiltered } = request;
  const rows: Row[] = [];
  const count = isFiltered ? query.limit + 1 : maxLimit;
  let before = decodeCursor(query.cursor);
  for (let lookedAt = 0; lookedAt < maxLookedAt; lookedAt += count) {
    const batch = await fetch(before, count);
    for (const row of batch) {
      if (await isVisible(row)) {
        if (rows.length === query.limit) return { rows, next: encodeCursor(rows.at(-1)?.id ?? row.id) };
        rows.push(row);
      }
      before = row.id;
    }
    if (batch.length < count) return { rows, next: null };
  }
  return { rows, next: before === null ? null : encodeCursor(before) };
}

export function encodeCursor(id: number): string {
  return Buffer.from(JSON.stringify({ before: id })).toString('base64url');
}

const cursorSchema = z.strictObject({ before: z.int().min(1) });

function decodeCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success) return parsed.data.before;
  const message = 'is not a cursor; give `next` of the page before as it is';
  throw new ValidationError([{ path: 'cursor', message }], 'invalid_cursor');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
