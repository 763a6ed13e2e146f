/** Refuses what another site made a signed-in browser send. */

import type { IncomingHttpHeaders } from 'node:http';
import { ForbiddenError } from '../errors.js';

/**
 * Asks where an unsafe request came from. Programs send neither header and pass. Browsers send `Sec-Fetch-Site` over
 * https and to this machine, and `Origin` everywhere (https://www.w3.org/TR/fetch-metadata/).
 * @throws ForbiddenError `cross_site`
 */
export function requireSameSite(request: { headers: IncomingHttpHeaders; hosts: readonly string[] }): void {
  const site = request.headers['sec-fetch-site'];
  const isCrossSite =
    site === undefined ? isForeign(request.headers.origin, request.hosts) : site === 'cross-site';
  if (!isCrossSite) return;
  throw new ForbiddenError(
    'This request came from a page of another site. Send it from a page of this one.',
    'cross_site',
  );
}

function isForeign(origin: string | undefined, hosts: readonly string[]): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || !hosts.includes(new URL(origin).host);
}
