/** A worker in a process of its own, that carries one attempt out and tells how much memory that took. */

import { pino } from 'pino';
import { createRemoteSubmission, disk, type Limits } from '../../lib/index.js';
import { Runner } from '../../lib/worker/runner.js';
import { workerDependenciesOf } from '../chaos/support/worker-dependencies.js';

export interface FollowerOrders {
  databaseUrl: string;
  redisUrl: string;
  secret: string;
  storageDirectory: string;
  limits: Partial<Limits>;
  tickets: { jobId: number; attempt: number }[];
}

/** Bytes of memory that the process held at the start, and at the most. */
export interface MemoryReport {
  first: number;
  most: number;
}

async function follow({ tickets, storageDirectory, ...options }: FollowerOrders): Promise<MemoryReport> {
  const drs = createRemoteSubmission({
    ...options,
    storage: disk({ directory: storageDirectory }),
    logger: pino({ level: 'silent' }),
  });
  const runner = new Runner(workerDependenciesOf(drs));
  const [small, large] = tickets;
  // Whatever is loaded at the first attempt is no matter of the second.
  if (small) await runner.run(small);
  const first = process.memoryUsage.rss();
  let most = first;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  if (large) await runner.run(large);
  clearInterval(timer);
  await runner.stop();
  await drs.close();
  return { first, most };
}

process.once('message', (orders: FollowerOrders) => {
  void follow(orders).then((report) => process.send?.(report, () => process.exit()));
});
process.once('disconnect', () => process.exit());
