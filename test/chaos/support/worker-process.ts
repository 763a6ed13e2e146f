/** A worker in a process of its own, that dies as it is told: at a phase, or after a time. */

import { pino } from 'pino';
import { createRemoteSubmission, disk } from '../../../lib/index.js';
import { direct } from '../../../lib/schedulers/direct.js';
import { memoryQueue } from '../../../lib/queue/memory-queue.js';
import { startWorker } from '../../../lib/worker/worker.js';
import { workerPartsOf } from './worker-parts.js';
import { dyingParts, type Phase } from './phases.js';

/** What the process is told: everything it works with, and when to die. */
export interface Orders {
  databaseUrl: string;
  redisUrl: string;
  secret: string;
  storageDirectory: string;
  ticket: { jobId: number; attempt: number };
  death: { phase: Phase } | { afterMs: number };
}

const die = (): void => void process.kill(process.pid, 'SIGKILL');

async function work({ ticket, death, storageDirectory, ...options }: Orders): Promise<void> {
  const drs = createRemoteSubmission({
    ...options,
    storage: disk({ directory: storageDirectory }),
    logger: pino({ level: 'silent' }),
  });
  const queue = memoryQueue();
  const parts = {
    ...workerPartsOf(drs, (found) => found.jobId === ticket.jobId),
    scheduler: direct(),
    queue,
  };
  const { finish } = parts.store;
  const store = {
    ...parts.store,
    // The attempt is over, and the worker still alive: there is nothing left to do here.
    finish: (...args: Parameters<typeof finish>) =>
      finish(...args).then(() => void setTimeout(process.exit, 50)),
  };
  if ('afterMs' in death) setTimeout(die, death.afterMs);
  const mortal = 'phase' in death ? dyingParts({ ...parts, store }, death.phase, die) : { ...parts, store };
  await startWorker(mortal, { concurrency: 4 });
  await queue.add(ticket);
}

process.once('message', (orders: Orders) => void work(orders));
// The test that started it is gone.
process.once('disconnect', () => process.exit());
process.send?.('ready');
