/** How quickly workers notice that one of them is gone. Internal: tests shorten these, hosts do not set them. */

export interface WorkerTimings {
  /** How long a claim holds without a sign of life. */
  leaseMs: number;
  /** How often a worker gives such signs. */
  heartbeatMs: number;
  /** How often attempts without a holder are looked for: after a lost ticket, or the death of a worker. */
  reconcileMs: number;
}

export const defaultTimings: WorkerTimings = { leaseMs: 30_000, heartbeatMs: 10_000, reconcileMs: 15_000 };
