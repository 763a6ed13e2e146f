/** Announcements over plain Redis publish and subscribe. */

import { Redis, type RedisOptions } from 'ioredis';
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Announcement } from '../protocol/events.js';
import type { Logger } from '../logger.js';
import type { EventBus } from './event-bus.js';
import { announcementReader } from './read-announcement.js';

export interface RedisBusOptions {
  redis: RedisOptions;
  /** Tells this application's announcements from those of others on the same Redis. */
  namespace(): Promise<string>;
  logger: Logger;
}

const retryMs = 2_000;

/** @returns a bus that connects when it is first used */
export function redisBus(options: RedisBusOptions): EventBus {
  const events = new EventEmitter().setMaxListeners(0);
  const publisher = createPublisher(options);
  const subscriber = createSubscriber(options, events);
  return {
    publish: (announcement) => publisher.publish(announcement),
    subscribe(listener) {
      subscriber.open();
      events.on('announcement', listener);
      return () => void events.off('announcement', listener);
    },
    onReconnect(listener) {
      events.on('reconnect', listener);
      return () => void events.off('reconnect', listener);
    },
    async close() {
      await publisher.close();
      subscriber.close();
    },
  };
}

function connect({ redis, logger }: RedisBusOptions): Redis {
  const retryStrategy = (tries: number): number => Math.min(tries * 100, 2_000);
  const client = new Redis({ ...redis, maxRetriesPerRequest: null, retryStrategy, lazyConnect: false });
  client.on('error', (error) => logger.debug({ err: error }, 'Redis is away; connecting again.'));
  return client;
}

const channelOf = async ({ namespace }: RedisBusOptions): Promise<string> => `drs:${await namespace()}`;

function createPublisher(options: RedisBusOptions) {
  let client: Redis | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function send(announcement: Announcement): Promise<void> {
    const channel = await channelOf(options);
    client ??= connect(options);
    await client.publish(channel, JSON.stringify(announcement));
  }

  return {
    publish(announcement: Announcement): void {
      if (isClosed) return;
      last = send(announcement).catch((error: unknown) => {
        options.logger.debug({ err: error }, 'An announcement was lost.');
      });
    },
    async close(): Promise<void> {
      isClosed = true;
      // What was just announced is let out; Redis may be away, so it is not waited for long.
      await Promise.race([last, delay(500, undefined, { ref: false })]);
      client?.disconnect();
    },
  };
}

function createSubscriber(options: RedisBusOptions, events: EventEmitter) {
  let client: Redis | null = null;
  let isOpen = false;
  const read = announcementReader(options.logger);

  function hear(message: string): void {
    const announcement = read(message);
    if (announcement !== null) events.emit('announcement', announcement);
  }

  async function subscribe(): Promise<void> {
    const channel = await channelOf(options);
    if (!isOpen) return;
    client = connect(options);
    client.on('message', (_channel, message) => hear(message));
    // ioredis subscribes again by itself after a reconnect; what was announced meanwhile is missed.
    client.on('ready', () => events.emit('reconnect'));
    await client.subscribe(channel);
    events.emit('reconnect');
  }

  /** The tables may be made later, and the database may be away. */
  async function subscribeAtLast(): Promise<void> {
    while (isOpen && client === null) {
      try {
        await subscribe();
      } catch (error) {
        if (!isOpen) return;
        options.logger.warn({ err: error }, 'Announcements cannot be received yet; trying again.');
        await delay(retryMs, undefined, { ref: false });
      }
    }
  }

  return {
    open(): void {
      if (isOpen) return;
      isOpen = true;
      void subscribeAtLast();
    },
    close(): void {
      isOpen = false;
      client?.disconnect();
    },
  };
}
