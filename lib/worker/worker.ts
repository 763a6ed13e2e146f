/** A worker: takes tickets from the queue, and looks for attempts that nobody holds. */

import type { Ticket } from '../queue/job-queue.js';
import type { WorkerDependencies } from './worker-dependencies.js';
import { showPresence } from './presence.js';
import { Runner } from './runner.js';
import { Slots } from './slots.js';
import type { Deferral } from './wait-for-server.js';

export interface RunningWorker {
  /** Takes no new attempts, gives up those under way for others to take over, and resolves. */
  stop(): Promise<void>;
}

/** @param concurrency attempts that are carried out at the same time */
export async function startWorker(
  deps: WorkerDependencies,
  { concurrency }: { concurrency: number },
): Promise<RunningWorker> {
  const { queue, store, logger } = deps;
  const slots = new Slots(concurrency);
  const executor = createExecutor(deps, slots);

  /** The next ticket is taken from the queue only when there is room for it: others may have room now. */
  async function handle(ticket: Ticket): Promise<void> {
    await slots.enter();
    void executor.execute(ticket);
    await slots.untilFree();
  }

  async function reconcile(): Promise<void> {
    if (slots.free === 0) return;
    try {
      for (const ticket of await store.findUnheld(slots.free)) {
        await slots.enter();
        void executor.execute(ticket);
      }
    } catch (error) {
      logger.warn({ err: error }, 'Looking for unheld attempts failed; trying again.');
    }
  }

  const consumer = await queue.consume(handle);
  const presence = showPresence(deps, { workerId: executor.workerId, slots: concurrency });
  const timer = setInterval(() => void reconcile(), deps.timings.reconcileMs);
  void reconcile();

  return {
    async stop() {
      clearInterval(timer);
      const detached = executor.stop();
      slots.open();
      await consumer.stop();
      for (const ticket of await detached) executor.add(ticket);
      await presence.stop();
    },
  };
}

interface AttemptExecutor {
  readonly workerId: string;
  /** Takes up a slot until this worker is done with the attempt. Never rejects. */
  execute(ticket: Ticket): Promise<void>;
  add(ticket: Ticket): void;
  /** Resolves to the tickets of the attempts that were given up. */
  stop(): Promise<Ticket[]>;
}

function createExecutor(deps: WorkerDependencies, slots: Slots): AttemptExecutor {
  const { queue, logger } = deps;
  const runner = new Runner(deps);
  const retries = new Set<NodeJS.Timeout>();

  function add(ticket: Ticket): void {
    queue.add(ticket).catch((error: unknown) => {
      const details = { ...ticket, err: error };
      logger.warn(details, 'A ticket could not be added; the next look for unheld attempts finds it.');
    });
  }

  function addLater(ticket: Ticket, { delayMs, sooner }: Deferral): void {
    const addNow = (): void => {
      clearTimeout(timer);
      sooner?.removeEventListener('abort', addNow);
      if (retries.delete(timer)) add(ticket);
    };
    const timer = setTimeout(addNow, delayMs);
    retries.add(timer);
    sooner?.addEventListener('abort', addNow);
  }

  return {
    workerId: runner.workerId,
    add,
    async execute(ticket) {
      try {
        const deferral = await runner.run(ticket);
        if (deferral !== null) addLater(ticket, deferral);
      } catch (error) {
        logger.warn({ ...ticket, err: error }, 'An attempt could not be claimed; it is looked for again.');
      } finally {
        slots.leave();
      }
    },
    async stop() {
      const detached = await runner.stop();
      for (const retry of retries) clearTimeout(retry);
      retries.clear();
      return detached;
    },
  };
}
