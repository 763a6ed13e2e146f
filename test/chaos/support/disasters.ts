/** What may happen to a site at any moment, beside the deaths of its workers. */

import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestPostgres } from '../../support/postgres.js';
import type { TestRedis } from '../../support/redis.js';
import type { Sshd } from '../../support/sshd.js';
import type { Proxy } from './proxy.js';

export interface Surroundings {
  postgres: TestPostgres;
  redis: TestRedis;
  sshd: Sshd;
  proxy: Proxy;
}

const disasters = {
  'PostgreSQL restarted': ({ postgres }: Surroundings) => postgres.restart(),
  'PostgreSQL killed and started': ({ postgres }: Surroundings) => postgres.killAndRestart(),
  'Redis restarted': ({ redis }: Surroundings) => redis.restart(),
  'Redis killed and started': ({ redis }: Surroundings) => redis.killAndRestart(),
  FLUSHALL: ({ redis }: Surroundings) => redisCommand(redis, 'FLUSHALL'),
  'SCRIPT FLUSH': ({ redis }: Surroundings) => redisCommand(redis, 'SCRIPT', 'FLUSH'),
  'sshd killed and started': ({ sshd }: Surroundings) => sshd.restart(),
  'connections killed': async ({ sshd }: Surroundings) => sshd.cut(),
  'connections cut': async ({ proxy }: Surroundings) => proxy.cut(),
  async 'connections stalled and cut'({ proxy }: Surroundings) {
    proxy.stall();
    await delay(1_500);
    proxy.cut();
    proxy.flow();
  },
  'connections half open': async ({ proxy }: Surroundings) => proxy.swallow(),
  // Longer than the deadlines of the workers' connections.
  async 'network silent'({ proxy }: Surroundings) {
    proxy.stall();
    await delay(5_000);
    proxy.flow();
  },
  async 'connections trickling'({ proxy }: Surroundings) {
    proxy.trickle();
    await delay(1_500);
    proxy.flow();
  },
};

/** Lets something happen now and then until `signal` aborts. Resolves to how often what happened. */
export async function letHappen(
  surroundings: Surroundings,
  random: () => number,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const names = Object.keys(disasters) as (keyof typeof disasters)[];
  const counts: Record<string, number> = {};
  while (!signal.aborted) {
    await delay(1_000 + random() * 6_000, undefined, { signal }).catch(() => undefined);
    const name = names[Math.floor(random() * names.length)];
    if (signal.aborted || name === undefined) break;
    await disasters[name](surroundings);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

async function redisCommand({ url }: TestRedis, ...command: [string, ...string[]]): Promise<void> {
  const client = new Redis(url);
  await client.call(...command);
  client.disconnect();
}
