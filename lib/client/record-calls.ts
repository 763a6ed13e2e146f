/** The calls that interpreters, servers and jobs share. */

import type { Page } from './types.js';
import type { Call, Requester } from './request.js';

/** What can be done with records. Every method rejects with a DrsClientError when the server refuses. */
export interface RecordCalls<One, Body, Filter, Listed = One> {
  /** A page of those that the user may see, newest first. */
  list(query?: Filter): Promise<Page<Listed>>;
  get(id: number): Promise<One>;
  create(body: Body): Promise<One>;
  /** Changes what is given. */
  update(id: number, body: Partial<Body>): Promise<One>;
  delete(id: number): Promise<void>;
}

/** @param path the list, as in `/servers` */
export function createRecordCalls<One, Body, Filter extends Call['query'], Listed = One>(
  { json }: Requester,
  path: '/interpreters' | '/servers' | '/jobs',
): RecordCalls<One, Body, Filter, Listed> {
  const one = `${path}/:id` as const;
  return {
    list: (query) => json(path, { query }),
    get: (id) => json(one, { id }),
    create: (body) => json(path, { method: 'POST', body }),
    update: (id, body) => json(one, { id, method: 'PATCH', body }),
    delete: (id) => json(one, { id, method: 'DELETE' }),
  };
}
