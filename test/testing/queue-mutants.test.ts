import { expect } from 'chai';
import type { JobQueue, Ticket } from '../../lib/index.js';
import { jobQueueContract, memoryQueue } from '../../lib/testing/index.js';
import { failureOf } from './run-case.js';

/** Breaks one rule of a queue that keeps them all. */
type Break = (whole: JobQueue) => Partial<JobQueue>;

const key = ({ jobId, attempt }: Ticket): string => `${jobId}-${attempt}`;

/** To it a handler has ended as soon as it began. */
const forgetfulOfHandlers: Break = ({ consume }) => ({
  consume: (handler) => consume(async (ticket) => void handler(ticket).catch(() => undefined)),
});

const mutants: Record<string, [Break, string]> = {
  'takes the last ticket first': [
    (whole) => {
      const held: Ticket[] = [];
      let add: JobQueue['add'] = async (ticket) => void held.unshift(ticket);
      return {
        add: (ticket) => add(ticket),
        async consume(handler) {
          add = (ticket) => whole.add(ticket);
          for (const ticket of held.splice(0)) await add(ticket);
          return whole.consume(handler);
        },
      };
    },
    'gives tickets that were added before and after somebody took them, in order',
  ],
  'loses the attempt': [
    ({ add }) => ({ add: ({ jobId }) => add({ jobId, attempt: 1 }) }),
    'gives tickets that were added before and after somebody took them, in order',
  ],
  'adds a ticket twice while it is queued': [
    (whole) => {
      const queues = [whole, memoryQueue()];
      let count = 0;
      return {
        add: async (ticket) => queues[(count += 1) % 2]?.add(ticket),
        async consume(handler) {
          const consumers = await Promise.all(queues.map((queue) => queue.consume(handler)));
          return { stop: async () => void (await Promise.all(consumers.map(({ stop }) => stop()))) };
        },
      };
    },
    'does not add a ticket twice while it is queued',
  ],
  'adds a ticket twice while it is in a handler': [
    forgetfulOfHandlers,
    'does not add a ticket twice while it is in a handler',
  ],
  'gives a handler the next ticket before it is done': [
    forgetfulOfHandlers,
    'gives a handler one ticket at a time',
  ],
  'never adds a ticket again': [
    ({ add }) => {
      const known = new Set<string>();
      return {
        async add(ticket) {
          if (known.has(key(ticket))) return;
          known.add(key(ticket));
          await add(ticket);
        },
      };
    },
    'adds a ticket again after it was taken',
  ],
  'gives a ticket to all who take': [
    (whole) => {
      const handlers = new Set<(ticket: Ticket) => Promise<void>>();
      return {
        consume(handler) {
          handlers.add(handler);
          return whole.consume(async (ticket) => {
            for (const each of handlers) await each(ticket);
          });
        },
      };
    },
    'gives each ticket to one of two who take',
  ],
  'goes on giving after the stop': [
    (whole) => ({
      async consume(handler) {
        await whole.consume(handler);
        return { stop: async () => undefined };
      },
    }),
    'gives nothing to one who stopped, and keeps it for the next',
  ],
  'takes nothing more after a handler has failed': [
    (whole) => ({
      consume: (handler) =>
        whole.consume(async (ticket) => {
          await handler(ticket).catch(() => new Promise(() => undefined));
        }),
    }),
    'goes on after a handler has failed',
  ],
};

describe('the suite of queues finds one that', () => {
  for (const [fault, [breakIt, title]] of Object.entries(mutants)) {
    it(fault, async () => {
      const make = async () => {
        const whole = memoryQueue();
        return { ...whole, ...breakIt(whole) };
      };
      expect(await failureOf((runner) => jobQueueContract('broken', make, runner), title)).to.be.an('error');
    });
  }
});
