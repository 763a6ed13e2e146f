/** What becomes of an attempt when carrying it out failed on the way. */

import { DrsError } from '../errors.js';
import { backOff } from './back-off.js';
import type { Ending } from './attempt-store.js';
import { cancelled, endingOfError, failure, isUnreachable } from './endings.js';
import type { ActiveAttempt, WorkerParts } from './parts.js';

/** The attempt is to be tried again. */
export interface Deferral {
  delayMs: number;
}

/** Errors in a row that are nobody's fault outside, before an attempt ends as `internal`. */
const triesAfterUnexpected = 5;

/** Ends the attempt, gives it up, or defers it. Never throws: what cannot be written now is done when the lease is over. */
export async function settleError(
  parts: WorkerParts,
  active: ActiveAttempt,
  error: unknown,
): Promise<Deferral | null> {
  const { store, logger } = parts;
  const { claim } = active;
  const details = { jobId: claim.jobId, attempt: claim.attempt };
  try {
    if (active.letGo.aborted) {
      await store.release(claim);
      return null;
    }
    const ending = finalEnding(active, error);
    if (ending === null) return await tryLater(parts, active, error);
    await store.finish(claim, ending);
  } catch (second) {
    logger.warn(
      { ...details, err: second },
      'The attempt is left to whoever takes it when its lease is over.',
    );
  }
  return null;
}

function finalEnding({ claim, cancelled: cancelSignal }: ActiveAttempt, error: unknown): Ending | null {
  if (cancelSignal.aborted && !claim.isTakenOver) return cancelled;
  return endingOfError(error);
}

async function tryLater(parts: WorkerParts, active: ActiveAttempt, error: unknown): Promise<Deferral | null> {
  const { store, hostKeys, limits, logger } = parts;
  const { claim } = active;
  const { hostname, port } = claim.server;
  const isOutOfReach = isUnreachable(error);
  if (!isOutOfReach) active.unexpectedErrors += 1;
  const tries = isOutOfReach ? claim.unreachableTries + 1 : active.unexpectedErrors;
  const since = claim.unreachableSince ?? new Date();
  const delayMs = backOff({
    isKnown: isOutOfReach ? (await hostKeys.find(hostname, port)) !== null : tries < triesAfterUnexpected,
    tries,
    elapsedMs: Date.now() - since.getTime(),
    limitMs: limits.unreachableMs,
    random: Math.random(),
  });
  const message =
    error instanceof DrsError ? error.message : 'An unexpected error; the log of the worker tells more.';
  logger.warn(
    { jobId: claim.jobId, attempt: claim.attempt, err: error, tries, delayMs },
    'An attempt met an obstacle.',
  );
  if (delayMs === null) {
    await store.finish(claim, failure(isOutOfReach ? 'unreachable' : 'internal', message));
    return null;
  }
  const nextTryAt = new Date(Date.now() + delayMs);
  await store.defer(claim, { nextTryAt, message: `${message} Trying again; this was try ${tries}.` });
  return { delayMs };
}
