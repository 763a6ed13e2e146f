import { expect } from 'chai';
import { connectDrs, type DrsClient, type RouteMethods } from '../../lib/client/index.js';
import { createRequester } from '../../lib/client/request.js';
import { createRest } from '../../lib/client/rest.js';
import { createServerCalls } from '../../lib/client/server-calls.js';
import { createServiceCalls } from '../../lib/client/service-calls.js';
import { routes } from '../../lib/http/routes.js';
import type { RouteName } from '../../lib/protocol/paths.js';

/** Every route, and whether a method of the client asks for it. */
const asksFor: Record<Exclude<RouteName, keyof RouteMethods>, 'a page'> & Record<string, string> = {
  'GET /events': 'watchJobs, where sockets are blocked',
  'GET /jobs/:id/events': 'watchLog, where sockets are blocked',
  'GET /client.js': 'a page',
  'GET /ui': 'a page',
  'GET /ui/jobs/:id': 'a page',
  'GET /ui/style.css': 'a page',
  'GET /ui/page.js': 'a page',
};

describe('the routes of the client', () => {
  it('has a method for each route, and no method without a route', async () => {
    const asked = await routesAsked();
    const served = routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const wanted = served.filter((route) => !(route in asksFor));
    expect([...new Set(asked)].sort()).to.deep.equal(wanted.sort());
    expect(served).to.include.members(Object.keys(asksFor));
  });

  it('has watches in the place of event streams', () => {
    const client = connectDrs('http://portal.example/drs');
    expect(client.watchJobs).to.be.a('function');
    expect(client.watchLog).to.be.a('function');
    client.close();
  });

  it('asks for no other record than that of a number, whatever is given', async () => {
    const asked: string[] = [];
    const client = connectTo((url) => {
      asked.push(url);
      return Response.json({ items: [], next: null });
    });
    for (const id of ['1/../2', '..', '1?x=', '%2e%2e'] as unknown as number[]) {
      await client.jobs.get(id);
      await client.results(id);
      await client.logStream(id);
      await client.servers.hostKey(id);
    }
    expect(new Set(asked.map((url) => new URL(url).pathname))).to.deep.equal(
      new Set(['/drs/jobs/NaN', '/drs/jobs/NaN/results', '/drs/jobs/NaN/log', '/drs/servers/NaN/host-key']),
    );
  });

  it('tells of an instance that cannot work as of one that can', async () => {
    const degraded = { status: 'degraded', redis: 'unreachable' };
    const client = connectTo(() => Response.json(degraded, { status: 503 }));
    expect(await client.health()).to.deep.equal(degraded);
    const refusal: unknown = await client.openApi().catch((error: unknown) => error);
    expect(refusal).to.have.property('status', 503);
  });

  it('takes the filters of each list, and no others', () => {
    const filters: Parameters<DrsClient['jobs']['list']>[0][] = [{ status: 'running', limit: 5 }];
    // @ts-expect-error a slip
    filters.push({ statsu: 'running' });
    // @ts-expect-error not of jobs
    filters.push({ hostname: 'cluster' });
    const servers: Parameters<DrsClient['servers']['list']>[0][] = [{ hostname: 'cluster' }];
    // @ts-expect-error a slip
    const chunks: Parameters<DrsClient['listLogs']>[0][] = [{ jobID: 1 }];
    expect([filters.length, servers.length, chunks.length]).to.deep.equal([3, 1, 1]);
  });
});

function connectTo(answer: (url: string) => Response): DrsClient {
  return connectDrs('http://portal.example/drs', { fetch: async (input) => answer(input as string) });
}

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
  const calls = [createRest(request), createServerCalls(request), createServiceCalls(request)];
  for (const method of calls.flatMap(methodsOf)) await method(7, {});
  return asked;
}

function methodsOf(calls: object): AnyMethod[] {
  return Object.values(calls).flatMap((value: unknown) => {
    if (typeof value === 'function') return [value as AnyMethod];
    return typeof value === 'object' && value !== null ? methodsOf(value) : [];
  });
}
