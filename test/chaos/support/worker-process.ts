/** A worker in a process of its own, that meets its fate as it is told: at a phase, or after a time. */

import { pino } from 'pino';
import { createRemoteSubmission, disk } from '../../../lib/index.js';
import { internalsOf } from '../../../lib/internals.js';
import { memoryQueue } from '../../../lib/queue/memory-queue.js';
import { waitForEnd } from '../../../lib/domain/wait-for-end.js';
import { startWorker } from '../../../lib/worker/worker.js';
import type { WorkerTimings } from '../../../lib/worker/timings.js';
import { workerDependenciesOf } from './worker-dependencies.js';
import { fatefulDependencies, type Phase } from './phases.js';

/** When a worker meets its fate: SIGKILL, or an event loop that is blocked for `blockMs`. `laterMs`: after the phase. */
export type Fate = ({ phase: Phase; laterMs?: number } | { afterMs: number }) & { blockMs?: number };

/** What the process is told: everything it works with, and its fate. */
export interface Orders {
  databaseUrl: string;
  redisUrl: string;
  secret: string;
  storageDirectory: string;
  ticket: { jobId: number; attempt: number };
  fate: Fate;
  /** Default: quick ones. */
  timings?: WorkerTimings;
}

/** How long a worker goes on after the end of the attempt: what was blocked shows what it would do. */
const awakeMs = 500;

async function work({ ticket, fate, timings, storageDirectory, ...options }: Orders): Promise<void> {
  const drs = createRemoteSubmission({
    ...options,
    storage: disk({ directory: storageDirectory }),
    logger: pino({ level: 'silent' }),
  });
  const queue = memoryQueue();
  const deps = {
    ...workerDependenciesOf(drs, (found) => found.jobId === ticket.jobId),
    ...(timings ? { timings } : {}),
    queue,
  };
  const { blockMs } = fate;
  const meetFate = blockMs === undefined ? die : once(() => block(blockMs));
  if ('afterMs' in fate) setTimeout(meetFate, fate.afterMs);
  const doomed =
    'phase' in fate ? fatefulDependencies(deps, fate.phase, () => soon(meetFate, fate.laterMs)) : deps;
  await startWorker(doomed, { concurrency: 4 });
  await queue.add(ticket);
  // There is nothing left to do here, whoever ended the attempt.
  await waitForEnd(internalsOf(drs), ticket);
  setTimeout(process.exit, blockMs === undefined ? 0 : awakeMs);
}

/** At once, unless it is to be later. */
function soon(act: () => void, laterMs?: number): void {
  if (laterMs === undefined) act();
  else setTimeout(act, laterMs);
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function block(ms: number): void {
  process.send?.('blocked');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

process.once('message', (orders: Orders) => void work(orders));
// The test that started it is gone.
process.once('disconnect', () => process.exit());
process.send?.('ready');
