import { expect } from 'chai';
import { connectDrs } from '../../lib/client/index.js';
import { createRequester } from '../../lib/client/request.js';
import { createRest } from '../../lib/client/rest.js';
import { routes } from '../../lib/http/routes.js';

/** Routes that are for others than callers of methods, and what is in their place. */
const withoutMethod: Readonly<Record<string, string>> = {
  'GET /events': 'watchJobs, where sockets are blocked',
  'GET /jobs/:id/events': 'watchLog, where sockets are blocked',
  'GET /openapi.json': 'for generators of other clients',
  'GET /health': 'for load balancers',
  'GET /client.js': 'the client itself',
  'GET /ui': 'a page',
  'GET /ui/jobs/:id': 'a page',
  'GET /ui/style.css': 'a part of the pages',
  'GET /ui/page.js': 'a part of the pages',
};

describe('the routes of the client', () => {
  it('has a method for each route, and no method without a route', async () => {
    const asked = await routesAsked();
    const served = routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const wanted = served.filter((route) => !(route in withoutMethod));
    expect([...new Set(asked)].sort()).to.deep.equal(wanted.sort());
    expect(served).to.include.members(Object.keys(withoutMethod));
  });

  it('has watches in the place of event streams', () => {
    const client = connectDrs('http://portal.example/drs');
    expect(client.watchJobs).to.be.a('function');
    expect(client.watchLog).to.be.a('function');
    client.close();
  });
});

type AnyMethod = (id: number, more: object) => Promise<unknown>;

/** What each method asks for: it takes an id, or something that passes for its input, and then more. */
async function routesAsked(): Promise<string[]> {
  const asked: string[] = [];
  const request = createRequester(new URL('http://portal.example/drs'), {
    fetch: (input, init) => {
      const { pathname } = new URL(input as string);
      asked.push(`${init?.method ?? 'GET'} ${pathname.replace(/^\/drs/, '').replace(/\/7(?=\/|$)/, '/:id')}`);
      return Promise.resolve(Response.json({ items: [], next: null }));
    },
  });
  for (const method of methodsOf(createRest(request))) await method(7, {});
  return asked;
}

function methodsOf(calls: object): AnyMethod[] {
  return Object.values(calls).flatMap((value: unknown) => {
    if (typeof value === 'function') return [value as AnyMethod];
    return typeof value === 'object' && value !== null ? methodsOf(value) : [];
  });
}
