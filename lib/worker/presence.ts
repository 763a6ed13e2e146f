/** Says that a worker is alive, so that an administrator sees idle ones too. */

import { hostname } from 'node:os';
import type { WorkerDependencies } from './worker-dependencies.js';

/** Gives a sign of life now and with each heartbeat. */
export function showPresence(
  { store, timings, logger }: WorkerDependencies,
  { workerId, slots }: { workerId: string; slots: number },
): { stop(): Promise<void> } {
  const presence = { workerId, hostname: hostname(), pid: process.pid, slots };
  let beating: Promise<void> = Promise.resolve();
  const beat = (): void => {
    beating = store.beat(presence).catch((error: unknown) => {
      logger.warn({ err: error }, 'This worker could not say that it is alive; trying again.');
    });
  };
  beat();
  const timer = setInterval(beat, timings.heartbeatMs);
  return {
    async stop() {
      clearInterval(timer);
      await beating;
      await store.leave(workerId).catch((error: unknown) => {
        logger.debug({ err: error }, 'This worker could not say that it stops; it is forgotten later.');
      });
    },
  };
}
