/** Lists, newest first, in pages: what each takes and answers. */

import { z } from 'zod';
import { wholeNumber } from './fields.js';

/** Items of one page. */
export const maxLimit = 100;

/** What every list takes, besides its filters. */
export function listQuery<Filters extends z.core.$ZodShape>(filters: Filters) {
  return z.strictObject({
    ...filters,
    limit: wholeNumber(1, maxLimit, `must be at most ${maxLimit}; follow \`next\` for more`)
      .default(10)
      .describe('How many items'),
    cursor: z.string().max(200).optional().describe('`next` of the page before'),
  });
}

/** A list as it is answered. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('The `cursor` of the next page; null on the last'),
  });
}

/** The query of a list after parsing: `limit`, `cursor` and its filters. */
export type ListQuery = { limit: number; cursor?: string } & Readonly<Record<string, unknown>>;

/** A page as host code gets it. */
export interface ListAnswer<Item> {
  items: Item[];
  /** The `cursor` of the next page; null on the last. */
  next: string | null;
}
