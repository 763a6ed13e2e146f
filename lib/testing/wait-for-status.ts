/** Waits for a job to get somewhere. */

import { isFinal, type JobStatus } from '../protocol/job-status.js';
import type { StatusEvent } from '../protocol/events.js';
import { internalsOf } from '../internals.js';
import type { RemoteSubmission } from '../remote-submission-types.js';

/**
 * Resolves to the job's status once it is one of `wanted`.
 *
 * @param options.timeoutMs default 30,000
 * @throws Error when it ends otherwise, or when it takes too long: with the status that it has
 */
export async function waitForStatus(
  drs: RemoteSubmission,
  jobId: number,
  { wanted, timeoutMs = 30_000 }: { wanted: readonly JobStatus[]; timeoutMs?: number },
): Promise<StatusEvent> {
  const { store, bus } = internalsOf(drs);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const status = await store.statusOf(jobId);
    if (status && wanted.includes(status.status)) return status;
    const isOver = status === null || isFinal(status.status) || Date.now() > deadline;
    if (isOver) throw new Error(`Job ${jobId} is ${status?.status ?? 'gone'}, not ${wanted.join(' or ')}.`);
    await nextChange(bus.subscribe.bind(bus), Math.min(500, deadline - Date.now() + 1));
  }
}

function nextChange(subscribe: (listener: () => void) => () => void, atMostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, atMostMs);
    const unsubscribe = subscribe(done);
  });
}
