/** The last step of an attempt. */

import type { Claim, Ending } from '../store/attempt-store.js';
import type { WorkerDependencies } from './worker-dependencies.js';

/** Writes the final state down, and tells it. @throws ClaimLostError */
export async function finish(
  { store, logger, tell }: Pick<WorkerDependencies, 'store' | 'logger' | 'tell'>,
  claim: Claim,
  ending: Ending,
): Promise<void> {
  await store.finish(claim, ending);
  const { jobId, attempt } = claim;
  const { status, failureReason } = ending;
  logger.info({ jobId, attempt, status, failureReason }, 'An attempt ended.');
  tell('attempt:ended', { jobId, attempt, ...ending });
}
