import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { beeQueue } from '../../lib/queue/bee-queue.js';
import { memoryQueue } from '../../lib/testing/index.js';
import { jobQueueContract } from '../../lib/testing/contracts/job-queue.js';
import { testRedis } from '../support/redis.js';

jobQueueContract('in memory', async () => memoryQueue());

jobQueueContract('by Bee-Queue', async () => {
  const redis = new Redis(await testRedis(), { lazyConnect: true }).options;
  const name = randomUUID();
  return beeQueue({ redis, namespace: async () => name, logger: pino({ level: 'silent' }) });
});
