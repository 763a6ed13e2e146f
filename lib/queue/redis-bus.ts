/** Announcements over plain Redis publish and subscribe. */

import { Redis, type RedisOptions } from 'ioredis';
import { EventEmitter } from 'node:events';
import type { Announcement } from '../core/events.js';
import type { Logger } from '../options.js';
import type { EventBus } from './event-bus.js';

export interface RedisBusOptions {
  redis: RedisOptions;
  /** Tells this application's announcements from those of others on the same Redis. */
  namespace(): Promise<string>;
  logger: Logger;
}

/** @returns a bus that connects when it is first used */
export function redisBus({ redis, namespace, logger }: RedisBusOptions): EventBus {
  const events = new EventEmitter().setMaxListeners(0);
  const clients: Redis[] = [];
  let publisher: Promise<{ client: Redis; channel: string }> | null = null;
  let isSubscribed = false;
  let isClosed = false;

  function connect(): Redis {
    const retryStrategy = (tries: number): number => Math.min(tries * 100, 2_000);
    const client = new Redis({ ...redis, maxRetriesPerRequest: null, retryStrategy, lazyConnect: false });
    client.on('error', (error) => logger.debug({ err: error }, 'Redis is away; connecting again.'));
    clients.push(client);
    return client;
  }

  async function openPublisher(): Promise<{ client: Redis; channel: string }> {
    return { channel: `drs:${await namespace()}`, client: connect() };
  }

  async function subscribe(): Promise<void> {
    const channel = `drs:${await namespace()}`;
    if (isClosed) return;
    const client = connect();
    let connections = 0;
    client.on('ready', () => {
      connections += 1;
      if (connections > 1) events.emit('reconnect');
    });
    client.on('message', (_channel, message) =>
      events.emit('announcement', JSON.parse(message) as Announcement),
    );
    await client.subscribe(channel);
    events.emit('reconnect');
  }

  return {
    publish(announcement) {
      if (isClosed) return;
      publisher ??= openPublisher();
      publisher
        .then(({ client, channel }) => client.publish(channel, JSON.stringify(announcement)))
        .catch((error: unknown) => {
          logger.debug({ err: error }, 'An announcement was lost.');
          if (clients.length === 0) publisher = null;
        });
    },
    subscribe(listener) {
      if (!isSubscribed) {
        isSubscribed = true;
        subscribe().catch((error: unknown) => {
          isSubscribed = false;
          logger.warn({ err: error }, 'Announcements cannot be received.');
        });
      }
      events.on('announcement', listener);
      return () => void events.off('announcement', listener);
    },
    onReconnect(listener) {
      events.on('reconnect', listener);
      return () => void events.off('reconnect', listener);
    },
    async close() {
      isClosed = true;
      await publisher?.catch(() => undefined);
      for (const client of clients) client.disconnect();
    },
  };
}
