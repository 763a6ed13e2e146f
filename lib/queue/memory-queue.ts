/** A queue and a bus inside one process: for tests, and for hosts that have one process and no Redis. */

import { EventEmitter } from 'node:events';
import type { Announcement } from '../protocol/events.js';
import type { EventBus } from './event-bus.js';
import type { JobQueue, Ticket } from './job-queue.js';

/**
 * Makes a queue inside one process. Tickets are gone with the process, and the database brings them back.
 *
 * @returns a queue, for `queue.jobs` of the options
 * @example
 * const drs = createRemoteSubmission({ databaseUrl, secret, queue: { jobs: memoryQueue(), bus: memoryBus() } });
 */
export function memoryQueue(): JobQueue {
  const known = new Set<string>();
  const waiting: Ticket[] = [];
  const idle: ((ticket: Ticket) => void)[] = [];

  function hand(): void {
    while (waiting.length > 0 && idle.length > 0) {
      const [ticket, take] = [waiting.shift(), idle.shift()];
      if (ticket && take) take(ticket);
    }
  }

  return {
    async add(ticket) {
      if (known.has(idOf(ticket))) return;
      known.add(idOf(ticket));
      waiting.push(ticket);
      hand();
    },
    async consume(handler) {
      let isStopped = false;
      const take = (ticket: Ticket): void => {
        const goOn = (): void => {
          known.delete(idOf(ticket));
          wait();
        };
        handler(ticket).then(goOn, goOn);
      };
      const wait = (): void => {
        if (!isStopped) idle.push(take);
        hand();
      };
      wait();
      return {
        async stop() {
          isStopped = true;
          if (idle.includes(take)) idle.splice(idle.indexOf(take), 1);
        },
      };
    },
    async close() {
      waiting.length = 0;
      idle.length = 0;
    },
  };
}

function idOf({ jobId, attempt }: Ticket): string {
  return `${jobId}-${attempt}`;
}

/**
 * Makes a bus for announcements inside one process.
 *
 * @returns a bus, for `queue.bus` of the options; other processes hear nothing of it
 * @example
 * const drs = createRemoteSubmission({ databaseUrl, secret, queue: { jobs: memoryQueue(), bus: memoryBus() } });
 */
export function memoryBus(): EventBus {
  const events = new EventEmitter().setMaxListeners(0);
  return {
    publish: (announcement) => void setImmediate(() => events.emit('announcement', announcement)),
    subscribe(listener: (announcement: Announcement) => void) {
      events.on('announcement', listener);
      return () => void events.off('announcement', listener);
    },
    onReconnect: () => () => undefined,
    async close() {
      events.removeAllListeners();
    },
  };
}
