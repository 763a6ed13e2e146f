/** What becomes of an attempt when carrying it out failed on the way. */

import { DrsError } from '../errors.js';
import { pauseMs } from './back-off.js';
import type { Ending } from './attempt-store.js';
import { cancelled, endingOfError, failure, isUnreachable } from './endings.js';
import type { ActiveAttempt } from './parts.js';
import type { RunnerParts } from './runner-parts.js';
import { waitForServer, type Deferral } from './wait-for-server.js';

/** Errors in a row that are nobody's fault outside, before an attempt ends as `internal`. */
const triesAfterUnexpected = 5;
/** Somebody makes room within the hour, or the results stay where they were made. */
const triesWhileStorageIsFull = 65;

/** Ends the attempt, gives it up, or defers it. Never throws: what cannot be written now is done when the lease is over. */
export async function settleError(
  parts: RunnerParts,
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
    if (ending !== null) {
      await store.finish(claim, ending);
      return null;
    }
    logger.warn({ ...details, err: error }, 'An attempt met an obstacle.');
    if (isUnreachable(error)) return await waitForServer(parts, active, error);
    return await tryAgain(parts, active, error);
  } catch (second) {
    logger.warn(
      { ...details, err: second },
      'The attempt is left to whoever takes it when its lease is over.',
    );
    return null;
  }
}

function finalEnding({ claim, cancelled: cancelSignal }: ActiveAttempt, error: unknown): Ending | null {
  if (cancelSignal.aborted && !claim.isTakenOver) return cancelled;
  const ending = endingOfError(error);
  if (ending === null || !claim.isTakenOver || claim.kind === 'copy') return ending;
  // Asking again and again with a password that is refused can lock the account.
  return { ...ending, message: `${ending.message} What ran on ${claim.server.hostname} may still run.` };
}

function mostTries(error: unknown): number {
  const isStorageFull = error instanceof DrsError && error.code === 'storage_full';
  return isStorageFull ? triesWhileStorageIsFull : triesAfterUnexpected;
}

async function tryAgain(
  { store }: RunnerParts,
  active: ActiveAttempt,
  error: unknown,
): Promise<Deferral | null> {
  active.unexpectedErrors += 1;
  const tries = active.unexpectedErrors;
  const message =
    error instanceof DrsError ? error.message : 'An unexpected error; the log of the worker tells more.';
  if (tries >= mostTries(error)) {
    await store.finish(active.claim, failure('internal', message));
    return null;
  }
  const delayMs = pauseMs(tries, Math.random());
  await store.defer(active.claim, {
    nextTryAt: new Date(Date.now() + delayMs),
    message: `${message} Trying again; this was try ${tries}.`,
  });
  return { delayMs };
}
