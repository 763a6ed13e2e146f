/** Bee-Queue as JobQueue, with a supervisor: whatever happens to Redis, the next connection goes on. */

import BeeQueue from 'bee-queue';
import type { RedisOptions } from 'ioredis';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.js';
import { answeringAddress } from './answering-address.js';
import type { JobQueue, QueueConsumer, Ticket } from './job-queue.js';
import { withDeadline } from '../with-deadline.js';

export interface BeeQueueOptions {
  redis: RedisOptions;
  /** Tells this application's tickets from those of others on the same Redis. */
  namespace(): Promise<string>;
  logger: Logger;
}

const addDeadlineMs = 5_000;
const restartMs = 1_000;
/** How long Redis may take to say goodbye. */
const goodbyeMs = 1_000;

/** @returns a queue that connects when it is first used */
export function beeQueue(options: BeeQueueOptions): JobQueue {
  let producer: Promise<BeeQueue<Ticket>> | null = null;
  const consumers = new Set<Consumer>();

  async function tryAdd(ticket: Ticket): Promise<void> {
    producer ??= connect(options, false);
    const queue = await producer;
    // An id that exists is added no second time: `save` resolves all the same.
    await answered(queue.createJob(ticket).setId(`${ticket.jobId}-${ticket.attempt}`).save());
  }

  async function dropProducer(): Promise<void> {
    const dropped = producer;
    producer = null;
    await dropped?.then((queue) => close(queue, 1)).catch(() => undefined);
  }

  return {
    async add(ticket) {
      try {
        await tryAdd(ticket);
      } catch (error) {
        // Redis was restarted or flushed: a new connection loads the scripts again.
        options.logger.debug({ ...ticket, err: error }, 'Adding a ticket over a new connection.');
        await dropProducer();
        await tryAdd(ticket);
      }
    },
    async consume(handler) {
      const consumer = new Consumer(options, handler);
      consumers.add(consumer);
      await consumer.start();
      return consumer;
    },
    async close() {
      await Promise.all([dropProducer(), ...[...consumers].map((consumer) => consumer.stop())]);
    },
  };
}

/** Takes one ticket after the other. A queue that met an error is replaced by a new one. */
class Consumer implements QueueConsumer {
  readonly #options: BeeQueueOptions;
  readonly #handler: (ticket: Ticket) => Promise<void>;
  #queue: BeeQueue<Ticket> | null = null;
  #restarting: Promise<void> | null = null;
  readonly #stopped = new AbortController();

  constructor(options: BeeQueueOptions, handler: (ticket: Ticket) => Promise<void>) {
    this.#options = options;
    this.#handler = handler;
  }

  async start(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      this.#restart(error);
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#restarting;
    if (this.#queue !== null) await close(this.#queue, 5_000);
    this.#queue = null;
  }

  async #connect(): Promise<void> {
    const queue = await connect(this.#options, true);
    this.#queue = queue;
    if (this.#stopped.signal.aborted) return;
    queue.on('error', (error) => {
      if (this.#queue === queue) this.#restart(error);
    });
    queue.process(1, (job) => this.#handler(job.data));
    queue.checkStalledJobs(30_000).catch(() => undefined);
  }

  #restart(error: unknown): void {
    if (this.#stopped.signal.aborted || this.#restarting !== null) return;
    this.#options.logger.warn({ err: error }, 'The connection to the queue broke; connecting again.');
    this.#restarting = this.#reconnect().finally(() => {
      this.#restarting = null;
    });
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#stopped;
    for (let tries = 1; !signal.aborted; tries += 1) {
      if (this.#queue !== null) await close(this.#queue, 1);
      await delay(Math.min(restartMs * tries, 10_000), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        return await this.#connect();
      } catch (error) {
        this.#options.logger.debug({ err: error, tries }, 'The queue cannot be reached yet.');
      }
    }
  }
}

async function connect(
  { redis, namespace, logger }: BeeQueueOptions,
  isWorker: boolean,
): Promise<BeeQueue<Ticket>> {
  const queue = new BeeQueue<Ticket>(`drs-${await namespace()}`, {
    redis: await nodeRedisOptions(redis),
    isWorker,
    getEvents: false,
    sendEvents: false,
    storeJobs: false,
    removeOnSuccess: true,
    removeOnFailure: true,
    stallInterval: 30_000,
    nearTermWindow: 60_000,
  });
  // Without a listener an error ends the process.
  queue.on('error', (error) => logger.debug({ err: error }, 'Bee-Queue reported an error.'));
  try {
    return await answered(queue.ready());
  } catch (error) {
    void close(queue, 1);
    throw error;
  }
}

/** The part of redis@3 that is used here. */
interface RedisClient {
  end(flush: boolean): void;
}

/** Bee-Queue waits for ever for the answer to its goodbye: its connections are dropped then. */
async function close(queue: BeeQueue<Ticket>, timeoutMs: number): Promise<void> {
  const closed = new AbortController();
  const { signal } = closed;
  const dropLate = delay(timeoutMs + goodbyeMs, undefined, { signal }).then(
    () => {
      const { client, bclient } = queue as unknown as Partial<Record<'client' | 'bclient', RedisClient>>;
      for (const connection of [client, bclient]) connection?.end(true);
    },
    () => undefined,
  );
  await Promise.race([queue.close(timeoutMs).catch(() => undefined), dropLate]);
  closed.abort();
}

/** Bee-Queue's client is redis@3, whose options differ; the supervisor reconnects, not the client. */
async function nodeRedisOptions(redis: RedisOptions): Promise<object> {
  const { username, password, db, tls } = redis;
  const sign = { ...(username ? { user: username } : {}), ...(password ? { password } : {}) };
  const address = await addressOf(redis);
  return { ...address, ...sign, db: db ?? 0, ...(tls ? tlsOf(redis) : {}), retry_strategy: () => undefined };
}

async function addressOf({ host = 'localhost', port = 6379, path, family }: RedisOptions): Promise<object> {
  if (path !== undefined) return { path };
  if (isIP(host) !== 0) return { host, port };
  return { host: await answeringAddress({ host, port: Number(port), ...(family ? { family } : {}) }), port };
}

/** The certificate is that of the name, not of the address that answers. */
function tlsOf({ host = 'localhost', tls }: RedisOptions): object {
  return { tls: isIP(host) === 0 ? { servername: host, ...tls } : tls };
}

function answered<T>(answer: Promise<T>): Promise<T> {
  return withDeadline(
    answer,
    addDeadlineMs,
    () => new Error(`Redis did not answer within ${addDeadlineMs} ms.`),
  );
}
