import { expect } from 'chai';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { beeQueue } from '../../lib/queue/bee-queue.js';
import type { Ticket } from '../../lib/queue/job-queue.js';
import { atEnd } from '../support/cleanup.js';
import { startRedis } from '../support/redis.js';

describe('a queue whose Redis takes connections and answers nothing', () => {
  const start = async () => {
    const server = await startRedis();
    const redis = new Redis(server.url, { lazyConnect: true }).options;
    const queue = beeQueue({ redis, namespace: async () => 'frozen', logger: pino({ level: 'silent' }) });
    atEnd(() => queue.close());
    await queue.add({ jobId: 1, attempt: 1 });
    return { server, queue };
  };

  it('says so within seconds, and works again afterwards', async () => {
    const { server, queue } = await start();
    const thaw = await server.freeze();
    const error: unknown = await queue
      .add({ jobId: 2, attempt: 1 })
      .catch((reason: unknown) => reason)
      .finally(thaw);
    expect(error).to.have.property('message').that.contains('did not answer');
    await queue.add({ jobId: 3, attempt: 1 });
    const third = await new Promise<Ticket>((resolve) => {
      void queue.consume(async (ticket) => void (ticket.jobId === 3 && resolve(ticket)));
    });
    expect(third).to.deep.equal({ jobId: 3, attempt: 1 });
  });

  it('is closed within seconds', async () => {
    const { server, queue } = await start();
    await queue.consume(async () => {});
    const thaw = await server.freeze();
    const from = Date.now();
    await queue.close().finally(thaw);
    expect(Date.now() - from).to.be.lessThan(10_000);
  });
});
