/** What every queue of tickets does. */

import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import type { JobQueue, Ticket } from '../../queue/job-queue.js';
import { globalRunner, type TestRunner } from './test-runner.js';

/**
 * Defines the tests of a queue of tickets.
 *
 * @param name its name in the titles
 * @param make an empty queue of its own, for each test
 * @param runner default: the global functions of mocha
 * @throws TypeError when there is no test runner
 * @example jobQueueContract('memory', async () => memoryQueue());
 */
export function jobQueueContract(
  name: string,
  make: () => Promise<JobQueue>,
  runner: TestRunner = globalRunner(),
): void {
  const { describe, it, beforeEach, afterEach } = runner;
  describe(`carrying tickets: ${name}`, () => {
    let queue: JobQueue;
    beforeEach(async () => {
      queue = await make();
    });
    afterEach(() => queue.close());

    /** Takes tickets until `count` have come. */
    async function take(count: number): Promise<{ taken: Ticket[]; stop(): Promise<void> }> {
      const taken: Ticket[] = [];
      const events = new EventEmitter();
      const consumer = await queue.consume(async (ticket) => {
        taken.push(ticket);
        if (taken.length === count) events.emit('all');
      });
      if (taken.length < count) await once(events, 'all');
      return { taken, stop: () => consumer.stop() };
    }

    it('gives tickets that were added before and after somebody took them, in order', async () => {
      await queue.add({ jobId: 1, attempt: 1 });
      await queue.add({ jobId: 2, attempt: 1 });
      const [{ taken, stop }] = await Promise.all([take(3), queue.add({ jobId: 3, attempt: 7 })]);
      await stop();
      assert.deepEqual(
        taken.map(({ jobId }) => jobId),
        [1, 2, 3],
      );
      assert.deepEqual(taken[2], { jobId: 3, attempt: 7 });
    });

    it('does not add a ticket twice while it is queued', async () => {
      await queue.add({ jobId: 1, attempt: 1 });
      await queue.add({ jobId: 1, attempt: 1 });
      await queue.add({ jobId: 2, attempt: 1 });
      const { taken, stop } = await take(2);
      await stop();
      assert.deepEqual(
        taken.map(({ jobId }) => jobId),
        [1, 2],
      );
    });

    it('does not add a ticket twice while it is in a handler', async () => {
      const log = new TakenLog();
      const done = new EventEmitter();
      const consumers = await Promise.all(
        [1, 2].map(() =>
          queue.consume(async ({ jobId }) => {
            log.add(jobId);
            await once(done, 'done');
          }),
        ),
      );
      await queue.add({ jobId: 1, attempt: 1 });
      await log.until(1);
      await queue.add({ jobId: 1, attempt: 1 });
      await queue.add({ jobId: 2, attempt: 1 });
      await log.until(2);
      assert.deepEqual(log.taken, [1, 2]);
      done.emit('done');
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    });

    it('gives a handler one ticket at a time', async () => {
      const log = new TakenLog();
      let [running, most] = [0, 0];
      const consumer = await queue.consume(async ({ jobId }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        log.add(jobId);
      });
      for (let jobId = 1; jobId <= 5; jobId += 1) await queue.add({ jobId, attempt: 1 });
      await log.until(5);
      await consumer.stop();
      assert.equal(most, 1);
    });

    it('goes on after a handler has failed', async () => {
      const log = new TakenLog();
      // One of these ends a process that has no test runner.
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => void unhandled.push(reason);
      process.on('unhandledRejection', note);
      const consumer = await queue.consume(async ({ jobId }) => {
        log.add(jobId);
        if (jobId === 1) throw new Error('this one fails');
      });
      await queue.add({ jobId: 1, attempt: 1 });
      await queue.add({ jobId: 2, attempt: 1 });
      await log.until(2);
      await consumer.stop();
      await new Promise(setImmediate);
      process.off('unhandledRejection', note);
      assert.deepEqual([log.taken, unhandled], [[1, 2], []]);
    });

    it('gives nothing to one who stopped, and keeps it for the next', async () => {
      const log = new TakenLog();
      const first = await queue.consume(async ({ jobId }) => log.add(`first ${jobId}`));
      await queue.add({ jobId: 1, attempt: 1 });
      await log.until(1);
      await first.stop();
      await queue.add({ jobId: 2, attempt: 1 });
      const second = await queue.consume(async ({ jobId }) => log.add(`second ${jobId}`));
      await log.until(2);
      await second.stop();
      assert.deepEqual(log.taken, ['first 1', 'second 2']);
    });

    it('adds a ticket again after it was taken', async () => {
      const first = take(1);
      await queue.add({ jobId: 1, attempt: 1 });
      await (await first).stop();
      const second = take(1);
      await queue.add({ jobId: 1, attempt: 1 });
      const { taken, stop } = await second;
      await stop();
      assert.deepEqual(taken, [{ jobId: 1, attempt: 1 }]);
    });

    it('gives each ticket to one of two who take', async () => {
      const seen: number[] = [];
      const all = new EventEmitter();
      const consumers = await Promise.all(
        [1, 2].map(() =>
          queue.consume(async ({ jobId }) => {
            seen.push(jobId);
            if (seen.length === 20) all.emit('all');
          }),
        ),
      );
      const done = once(all, 'all');
      for (let jobId = 1; jobId <= 20; jobId += 1) await queue.add({ jobId, attempt: 1 });
      await done;
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      assert.deepEqual(
        [...seen].sort((a, b) => a - b),
        Array.from({ length: 20 }, (_, i) => i + 1),
      );
    });
  });
}

/** What was taken, in order. */
class TakenLog {
  readonly taken: (number | string)[] = [];
  readonly #events = new EventEmitter();

  add(what: number | string): void {
    this.taken.push(what);
    this.#events.emit('taken');
  }

  async until(count: number): Promise<void> {
    while (this.taken.length < count) await once(this.#events, 'taken');
  }
}
