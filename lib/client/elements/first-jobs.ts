/** The newest jobs that fit a filter. */

import type { PageClient } from '../page-client.js';
import type { JobFilter, ListedJob } from '../types.js';

/** What one answer may hold. */
const maxPage = 100;

/** So many jobs, newest first, or all that there are. @throws DrsClientError */
export async function firstJobs(
  client: PageClient,
  { query, count }: { query: JobFilter; count: number },
): Promise<{ items: ListedJob[]; hasMore: boolean }> {
  const items: ListedJob[] = [];
  let next: string | null = null;
  do {
    const limit = Math.min(maxPage, count - items.length);
    const page = await client.jobs.list({ ...query, limit, ...(next === null ? {} : { cursor: next }) });
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < count);
  return { items, hasMore: next !== null };
}
