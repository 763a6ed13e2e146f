/** The worker of an app that has `drsRouter()` and nothing else. */

import type { Logger } from '../logger.js';
import type { RemoteSubmission } from '../remote-submission.js';

const retryMs = 5000;
/** What the worker has not handed over by then, another one takes over when its lease has ended. */
const handOverMs = 2000;

interface WorkerOfProcess {
  drs: RemoteSubmission;
  logger: Logger;
  /** Resolves when the tables are up to date. */
  ready: () => Promise<void>;
}

/** Starts it, and again until it starts: the database may come up later than this process. `DRS_WORKER=off`: none here. */
export function startWorkerOfProcess({ drs, logger, ready }: WorkerOfProcess): void {
  if (process.env.DRS_WORKER === 'off') return;
  const start = async (): Promise<void> => {
    try {
      await ready();
      const worker = await drs.work();
      handOverAtTheEnd(worker, logger);
    } catch (error) {
      logger.error({ err: error }, 'the worker did not start; it is tried again in 5 seconds');
      setTimeout(() => void start(), retryMs).unref();
    }
  };
  void start();
}

/**
 * At SIGTERM or SIGINT the worker gives its attempts to others at once. The process then ends as it would have without
 * this; where the host listens to the signal itself, the end is the host's.
 */
function handOverAtTheEnd(worker: { stop(): Promise<void> }, logger: Logger): void {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  const forget = (): void => {
    for (const signal of signals) process.off(signal, handOver);
  };
  const handOver = (signal: NodeJS.Signals): void => {
    void handedOver(worker, logger).then(() => {
      forget();
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
  for (const signal of signals) process.once(signal, handOver);
}

async function handedOver(worker: { stop(): Promise<void> }, logger: Logger): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, handOverMs).unref());
  const stopped = worker.stop().catch((error: unknown) => {
    logger.warn(
      { err: error },
      'the worker could not hand over; other workers take over when its leases have ended',
    );
  });
  await Promise.race([stopped, late]);
}
