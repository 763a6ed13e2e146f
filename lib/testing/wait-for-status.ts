/** Waits for a job to get somewhere. */

import { isFinal, type JobStatus } from '../protocol/job-status.js';
import type { StatusEvent } from '../protocol/events.js';
import { internalsOf } from '../internals.js';
import type { RemoteSubmission } from '../remote-submission-types.js';

/**
 * Waits until the status of a job is one of `wanted`.
 *
 * @param drs the instance; a worker must run somewhere for the job to go on
 * @param options.wanted the statuses to wait for
 * @param options.timeoutMs how long to wait, in milliseconds. Default 30,000
 * @returns the status that was reached
 * @throws Error that names the present status when the job ended otherwise, does not exist, or took too long
 * @example
 * const { attempt } = await waitForStatus(drs, job.id, { wanted: ['running'] });
 */
export async function waitForStatus(
  drs: RemoteSubmission,
  jobId: number,
  { wanted, timeoutMs = 30_000 }: { wanted: readonly JobStatus[]; timeoutMs?: number },
): Promise<StatusEvent> {
  const { store, bus } = internalsOf(drs);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const status = await store.statuses.statusOf(jobId);
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
