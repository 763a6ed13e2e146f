/** `connectDrs(url)`: a typed client for browsers and Node. */

import { createPageClient, requesterOf, type PageClient } from './page-client.js';
import type { ConnectOptions } from './request.js';
import { createServerCalls, type ServerCalls } from './server-calls.js';
import { createServiceCalls, type ServiceCalls } from './service-calls.js';

/** A client of one instance. */
export type DrsClient = PageClient & ServiceCalls & { readonly servers: ServerCalls };

/**
 * Connects to an instance. Nothing is sent before a method is called.
 *
 * @param url the mount, as in `https://portal.example/drs`; in a page `/drs` is enough
 * @param options how to sign in, and where the sockets are: see `ConnectOptions`
 * @returns a client; its methods reject with DrsClientError
 * @throws TypeError for an address that is none
 * @example
 * const drs = connectDrs('http://127.0.0.1:3000/drs', { cookie: 'connect.sid=…' });
 * const { jobId, attempt } = await drs.jobs.submit(42);
 * for await (const { content } of drs.log(jobId, { attempt })) process.stdout.write(content);
 * drs.close();
 */
export function connectDrs(url: string | URL, options: ConnectOptions = {}): DrsClient {
  const request = requesterOf(url, options);
  const client = createPageClient(request, options);
  const servers = { ...client.servers, ...createServerCalls(request) };
  return { ...client, servers, ...createServiceCalls(request) };
}
