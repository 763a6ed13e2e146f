/** Lists as REST answers them. */

import type { ListQuery } from '../protocol/schemas/list-schemas.js';
import { json, type JsonAnswer } from './answer.js';

/** The answer to a list: its items, and the way to the next page (RFC 8288). */
export function listAnswer(
  request: { query: ListQuery; baseUrl: string; path: string },
  { items, next }: { items: readonly unknown[]; next: string | null },
): JsonAnswer {
  if (next === null) return json({ items, next });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...request.query, cursor: next })) {
    if (value !== undefined) search.set(name, String(value));
  }
  return json(
    { items, next },
    { headers: { Link: `<${request.baseUrl}${request.path}?${search.toString()}>; rel="next"` } },
  );
}
