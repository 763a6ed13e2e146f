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

/** Why these cannot be used, a sentence for each reason. */
export function redisProblems({ redis, redisUrl }: Given): Problem[] {
  const problems = [
    ...(typeof redis === 'object' && redis !== null ? problemsOf(redis) : []),
    ...(typeof redisUrl === 'string' ? problemsOfUrl(redisUrl) : []),
  ];
  if (isSet(redis) && isSet(redisUrl)) problems.push({ path: 'redisUrl', message: oneOf('redis') });
  return problems;
}

/** What is wrong with an address that comes beside what it would lead to. */
export function oneOf(other: string): string {
  return `is given beside \`${other}\`: give one of them, not both`;
}

/** The part of them that is used. ioredis understands addresses. @throws when it does not */
export function redisOptions({ redis, redisUrl }: Given): RedisOptions | null {
  if (redis !== undefined) return usedOf(isClient(redis) ? redis.options : redis);
  if (redisUrl === undefined) return null;
  if (redisUrl.startsWith('unix:')) return { path: redisUrl.replace(/^unix:(\/\/)?/, '') };
  return usedOf(new Redis(redisUrl, { lazyConnect: true }).options);
}

function usedOf(options: RedisOptions): RedisOptions {
  const wanted = used.filter((name) => isSet(options[name]));
  // Environments hold texts.
  const valueOf = (name: (typeof used)[number]) => (name in numbers ? Number(options[name]) : options[name]);
  return Object.fromEntries(wanted.map((name) => [name, valueOf(name)]));
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

function problemsOf(redis: object): Problem[] {
  const message = problemOf(redis);
  if (message !== null) return [{ path: 'redis', message }];
  return misfits(isClient(redis) ? redis.options : (redis as RedisOptions)).map(({ name, wants }) => ({
    path: `redis.${name}`,
    message: `must be ${wants}`,
  }));
}

function problemOf(redis: object): string | null {
  if (!isClient(redis)) return isPlain(redis) ? problemOfOptions(redis) : noClient;
  if (redis.isCluster === true) return noCluster;
  // How the host's client waits and tries again is its own business.
  const { sentinels, keyPrefix, Connector } = redis.options;
  return problemOfOptions({ sentinels, keyPrefix, Connector });
}

function problemsOfUrl(url: string): Problem[] {
  if (!/^rediss?:/.test(url) || !URL.canParse(url)) return [];
  const message = problemOfOptions(Object.fromEntries(new URL(url).searchParams));
  if (message !== null) return [{ path: 'redisUrl', message }];
  return misfits(new Redis(url, { lazyConnect: true }).options).map(({ name, wants }) => ({
    path: 'redisUrl',
    message: `has a \`${name}\` that must be ${wants}`,
  }));
}

const text = (value: unknown): boolean => typeof value === 'string';
const whole =
  (lowest: number, highest: number) =>
  (value: unknown): boolean =>
    /^\d+$/.test(String(value)) && Number(value) >= lowest && Number(value) <= highest;

const numbers = {
  port: { wants: 'a whole number from 1 to 65535', fits: whole(1, 65_535) },
  db: { wants: 'a whole number from 0', fits: whole(0, 2 ** 31 - 1) },
  family: { wants: '4, 6, or 0 for both', fits: (value: unknown) => ['0', '4', '6'].includes(String(value)) },
};

const values: Record<(typeof used)[number], { wants: string; fits: (value: unknown) => boolean }> = {
  ...numbers,
  host: { wants: 'a text', fits: text },
  path: { wants: 'a text', fits: text },
  username: { wants: 'a text', fits: text },
  password: { wants: 'a text', fits: text },
  tls: { wants: 'an object', fits: (value) => typeof value === 'object' || typeof value === 'boolean' },
};

/** What is used, and is none of what it should be. */
function misfits(given: RedisOptions): { name: string; wants: string }[] {
  return used
    .filter((name) => isSet(given[name]) && !values[name].fits(given[name]))
    .map((name) => ({ name, wants: values[name].wants }));
}

function problemOfOptions(given: Readonly<Record<string, unknown>>): string | null {
  const defaults = new Redis({ lazyConnect: true }).options as Record<string, unknown>;
  const names = Object.keys(given).filter((name) => isSet(given[name]) && given[name] !== defaults[name]);
  if (names.includes('sentinels')) return noSentinel;
  if (names.includes('keyPrefix')) return noPrefix;
  if (names.includes('url')) return 'has a `url`, which is no ioredis option: give it as `redisUrl`';
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
