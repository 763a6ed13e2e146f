/** The servers that a user may choose from. */

import type { PageClient } from '../page-client.js';
import type { Server } from '../types.js';

/** More pages than these nobody would look through in a list. */
const maxPages = 10;

/** All servers by title. @throws DrsClientError */
export async function allServers(client: PageClient): Promise<Server[]> {
  const servers: Server[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await client.servers.list({ limit: 100, ...(cursor === null ? {} : { cursor }) });
    servers.push(...answer.items);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return servers.sort((a, b) => a.title.localeCompare(b.title));
}
