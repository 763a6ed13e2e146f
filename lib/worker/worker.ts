/** A worker: takes tickets from the queue, and looks for attempts that nobody holds. */

import type { Ticket } from '../queue/job-queue.js';
import type { WorkerParts } from './parts.js';
import { Runner } from './runner.js';
import { Slots } from './slots.js';

/** How often attempts without a holder are looked for: after a lost ticket, or the death of a worker. */
const reconcileMs = 15_000;

export interface RunningWorker {
  /** Takes no new attempts, gives up those under way for others to take over, and resolves. */
  stop(): Promise<void>;
}

/** @param concurrency attempts that are carried out at the same time */
export async function startWorker(
  parts: WorkerParts,
  { concurrency }: { concurrency: number },
): Promise<RunningWorker> {
  const { queue, store, logger } = parts;
  const runner = new Runner(parts);
  const slots = new Slots(concurrency);
  const retries = new Set<NodeJS.Timeout>();

  async function carryOut(ticket: Ticket): Promise<void> {
    try {
      const deferral = await runner.run(ticket);
      if (deferral === null) return;
      const timer = setTimeout(() => {
        retries.delete(timer);
        add(ticket);
      }, deferral.delayMs);
      retries.add(timer);
    } catch (error) {
      logger.warn({ ...ticket, err: error }, 'An attempt could not be claimed; it is looked for again.');
    } finally {
      slots.leave();
    }
  }

  function add(ticket: Ticket): void {
    queue.add(ticket).catch((error: unknown) => {
      logger.warn(
        { ...ticket, err: error },
        'A ticket could not be added; the next look for unheld attempts finds it.',
      );
    });
  }

  /** The next ticket is taken from the queue only when there is room for it: others may have room now. */
  async function handle(ticket: Ticket): Promise<void> {
    await slots.enter();
    void carryOut(ticket);
    await slots.untilFree();
  }

  async function reconcile(): Promise<void> {
    if (slots.free === 0) return;
    try {
      for (const ticket of await store.findUnheld(slots.free)) {
        await slots.enter();
        void carryOut(ticket);
      }
    } catch (error) {
      logger.warn({ err: error }, 'Looking for unheld attempts failed; trying again.');
    }
  }

  const consumer = await queue.consume(handle);
  const timer = setInterval(() => void reconcile(), reconcileMs);
  void reconcile();

  return {
    async stop() {
      clearInterval(timer);
      for (const retry of retries) clearTimeout(retry);
      const letGo = runner.stop();
      slots.open();
      await consumer.stop();
      for (const ticket of await letGo) add(ticket);
    },
  };
}
