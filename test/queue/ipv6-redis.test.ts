import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import dns from 'node:dns';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { pino } from 'pino';
import { beeQueue } from '../../lib/queue/bee-queue.js';
import type { Ticket } from '../../lib/queue/job-queue.js';
import { atEnd } from '../support/cleanup.js';
import { testRedis } from '../support/redis.js';

const hostname = 'redis.with-ipv6-alone.test';

type Found = (error: Error | null, address?: unknown, family?: number) => void;

/** A name that has an IPv6 address alone, until the test is over. */
function teachName(): () => void {
  const { lookup } = dns;
  const taught = (name: string, options: dns.LookupOptions, found: Found): void => {
    if (name !== hostname) return lookup(name, options, found as never);
    if (options.family === 4) return found(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
    if (options.all === true) found(null, [{ address: '::1', family: 6 }]);
    else found(null, '::1', 6);
  };
  dns.lookup = taught as typeof lookup;
  return () => void (dns.lookup = lookup);
}

/** The Redis of the tests at an IPv6 address. Resolves to its port. */
async function redisOnSix(): Promise<number> {
  const { hostname: host, port } = new URL(await testRedis());
  const server = createServer((socket) => {
    const redis = connect(Number(port), host);
    socket.on('error', () => redis.destroy()).pipe(redis);
    redis.on('error', () => socket.destroy()).pipe(socket);
  });
  server.listen(0, '::1');
  await once(server, 'listening');
  atEnd(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('a Redis whose name has an IPv6 address alone', () => {
  for (const family of [undefined, 6]) {
    it(`carries tickets, with ${family ? `family ${family}` : 'no family'} given`, async () => {
      const redis = { host: hostname, port: await redisOnSix(), ...(family ? { family } : {}) };
      const name = randomUUID();
      const queue = beeQueue({ redis, namespace: async () => name, logger: pino({ level: 'silent' }) });
      const forget = teachName();
      try {
        const taken = new Promise<Ticket>((resolve) => {
          void queue.consume(async (ticket) => resolve(ticket));
        });
        await queue.add({ jobId: 1, attempt: 1 });
        expect(await taken).to.deep.equal({ jobId: 1, attempt: 1 });
      } finally {
        forget();
        await queue.close();
      }
    });
  }
});
