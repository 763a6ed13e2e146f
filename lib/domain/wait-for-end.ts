/** Waits for the end of an attempt, whichever process carries it out. */

import { isFinal } from '../protocol/job-status.js';
import { oneAtATime } from '../one-at-a-time.js';
import type { Outcome } from '../protocol/records.js';
import type { EventBus } from '../queue/event-bus.js';
import type { JobStore } from '../store/job-store.js';
import type { Ticket } from '../queue/job-queue.js';

/** An announcement can be lost: the database is asked so often besides. */
const askMs = 2_000;

/** What tells of an end, and where it stands. */
export interface EndDependencies {
  bus: Pick<EventBus, 'subscribe'>;
  store: Pick<JobStore, 'statuses'>;
}

/** @throws NotFoundError when the job is deleted meanwhile */
export function waitForEnd({ bus, store }: EndDependencies, { jobId, attempt }: Ticket): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearInterval(timer);
      unsubscribe();
    };
    // While the database is away, each question waits long for its answer.
    const ask = oneAtATime(() =>
      store.statuses.outcome(jobId, attempt).then(
        (outcome) => {
          if (!isFinal(outcome.status)) return;
          stop();
          resolve(outcome);
        },
        (error: Error & { code?: string }) => {
          // The database may be away for a while: only what is final ends the wait.
          if (error.code !== 'not_found') return;
          stop();
          reject(error);
        },
      ),
    );
    const timer = setInterval(ask, askMs);
    const unsubscribe = bus.subscribe((announcement) => {
      if (announcement.type !== 'status' || announcement.jobId !== jobId) return;
      // A newer attempt tells that this one is over.
      if (isFinal(announcement.status) || announcement.attempt !== attempt) ask();
    });
    ask();
  });
}
