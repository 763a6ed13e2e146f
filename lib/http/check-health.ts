/** Asks the database and Redis whether they are there, within a deadline. */

import { Redis } from 'ioredis';
import type { z } from 'zod';
import type { Sequelize } from 'sequelize';
import type { ResolvedOptions } from '../options.js';
import type { healthSchema } from '../protocol/schemas/result-schemas.js';

export type Health = z.infer<typeof healthSchema>;

const deadlineMs = 2000;

interface Dependencies extends Pick<ResolvedOptions, 'redis'> {
  sequelize: Sequelize;
}

/** A check that callers at the same time share: anybody may ask, and must not be able to wear the services out. */
export function createHealthCheck(dependencies: Dependencies): () => Promise<Health> {
  let checking: Promise<Health> | undefined;
  return () => {
    checking ??= checkHealth(dependencies).finally(() => (checking = undefined));
    return checking;
  };
}

async function checkHealth({ sequelize, redis }: Dependencies): Promise<Health> {
  const [hasDatabase, hasRedis] = await Promise.all([
    inTime(sequelize.query('SELECT 1')),
    inTime(pingRedis(redis)),
  ]);
  return {
    status: hasDatabase && hasRedis ? 'ok' : 'degraded',
    database: hasDatabase ? 'ok' : 'unreachable',
    redis: hasRedis ? 'ok' : 'unreachable',
  };
}

/** Over a connection of its own: a subscribed one cannot ask, and a queue's may be waiting to connect again. */
async function pingRedis(options: ResolvedOptions['redis']): Promise<void> {
  if (!options) return;
  const redis = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: deadlineMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The rejected promise says the same; without a listener the client prints it.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}

async function inTime(asking: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), deadlineMs);
    const settle = (isReached: boolean): void => {
      clearTimeout(timer);
      resolve(isReached);
    };
    asking.then(
      () => settle(true),
      () => settle(false),
    );
  });
}
