/** Which Redis is meant: what both clients, ioredis and Bee-Queue's redis@3, can use is taken, and the rest is refused. */

import { Redis, type RedisOptions } from 'ioredis';
import type { Problem } from './errors.js';

/** What is used of ioredis options. Everything else, how it waits and tries again, is decided here. */
const used = ['host', 'port', 'path', 'family', 'username', 'password', 'db', 'tls'] as const;

const noSentinel = 'is for Sentinel, which is not supported: give host and port of the primary';
const noCluster = 'is for a Cluster, which is not supported: give a Redis server that is in none';
const noClient =
  'is neither an ioredis client nor ioredis options: give one of these, or the address as `redisUrl`';
const noPrefix = 'has a `keyPrefix`, which is not supported: give another database by `db`';

interface Given {
  redis?: object;
  redisUrl?: string;
}

/** Why these cannot be used, at most one sentence for each. */
export function redisProblems({ redis, redisUrl }: Given): Problem[] {
  const found = [
    { path: 'redis', message: typeof redis === 'object' && redis !== null ? problemOf(redis) : null },
    { path: 'redisUrl', message: typeof redisUrl === 'string' ? problemOfUrl(redisUrl) : null },
  ];
  return found.filter((problem): problem is Problem => problem.message !== null);
}

/** The part of them that is used. ioredis understands addresses. @throws when it does not */
export function redisOptions({ redis, redisUrl }: Given): RedisOptions | null {
  if (redis !== undefined) return usedOf(isClient(redis) ? redis.options : redis);
  if (redisUrl === undefined) return null;
  if (redisUrl.startsWith('unix:')) return { path: redisUrl.replace(/^unix:(\/\/)?/, '') };
  return usedOf(new Redis(redisUrl, { lazyConnect: true }).options);
}

function usedOf(options: RedisOptions): RedisOptions {
  const wanted = used.flatMap((name) => (isSet(options[name]) ? [[name, options[name]]] : []));
  const { family, ...rest } = Object.fromEntries(wanted) as RedisOptions;
  return isSet(family) ? { ...rest, family: Number(family) } : rest;
}

interface Client {
  options: RedisOptions;
  isCluster?: boolean;
}

/** Of ioredis, whichever copy: no other library's client has `defineCommand`. */
function isClient(value: object): value is Client {
  const { defineCommand, options } = value as { defineCommand?: unknown; options?: unknown };
  return typeof defineCommand === 'function' && typeof options === 'object' && options !== null;
}

function problemOf(redis: object): string | null {
  if (!isClient(redis)) return isPlain(redis) ? problemOfOptions(redis) : noClient;
  if (redis.isCluster === true) return noCluster;
  // How the host's client waits and tries again is its own business.
  const { sentinels, keyPrefix, Connector, family } = redis.options;
  return problemOfOptions({ sentinels, keyPrefix, Connector, family });
}

function problemOfUrl(url: string): string | null {
  if (!/^rediss?:/.test(url) || !URL.canParse(url)) return null;
  return problemOfOptions(Object.fromEntries(new URL(url).searchParams));
}

function problemOfOptions(given: Readonly<Record<string, unknown>>): string | null {
  const defaults = new Redis({ lazyConnect: true }).options as Record<string, unknown>;
  const names = Object.keys(given).filter((name) => isSet(given[name]) && given[name] !== defaults[name]);
  if (names.includes('sentinels')) return noSentinel;
  if (names.includes('keyPrefix')) return noPrefix;
  if (names.includes('url')) return 'has a `url`, which is no ioredis option: give it as `redisUrl`';
  if (isSet(given.family) && ![0, 4, 6].includes(Number(given.family))) {
    return 'has a `family` that is none: give 4, 6, or 0 for both';
  }
  const unused = names.filter((name) => !(used as readonly string[]).includes(name));
  if (unused.length === 0) return null;
  return `has options without effect here, leave them out: ${unused.join(', ')} (used are ${used.join(', ')})`;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
