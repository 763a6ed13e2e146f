/** What becomes of an attempt when carrying it out failed on the way. */

import { DrsError, TransportError } from '../errors.js';
import { pauseMs } from './back-off.js';
import type { Claim, Ending } from '../store/attempt-store.js';
import { cancelled, endingOfError, endingWithout, failure, hasEnded, isOutOfReach } from './endings.js';
import { finish } from './finish.js';
import type { ActiveAttempt } from './worker-dependencies.js';
import type { RunnerDependencies } from './runner-dependencies.js';
import { waitForServer, type Deferral } from './wait-for-server.js';

/** Errors in a row that are nobody's fault outside, before an attempt ends as `internal`. */
const triesAfterUnexpected = 5;
/** Somebody makes room within the hour, or the results stay where they were made. */
const triesWhileStorageIsFull = 65;

/** Ends the attempt, gives it up, or defers it. Never throws: what cannot be written now is done when the lease is over. */
export async function settleError(
  deps: RunnerDependencies,
  active: ActiveAttempt,
  error: unknown,
): Promise<Deferral | null> {
  const { store, logger } = deps;
  const { claim } = active;
  const details = { jobId: claim.jobId, attempt: claim.attempt };
  try {
    if (active.detached.aborted) {
      await store.release(claim);
      return null;
    }
    const ending = finalEnding(active, error);
    if (ending !== null) {
      await finish(deps, claim, ending);
      return null;
    }
    logger.warn({ ...details, err: error }, 'An attempt met an obstacle.');
    if (isOutOfReach(error, claim)) return await waitForServer(deps, active, error);
    return await tryAgain(deps, active, error);
  } catch (second) {
    logger.warn(
      { ...details, err: second },
      'The attempt is left to whoever takes it when its lease is over.',
    );
    return null;
  }
}

function finalEnding({ claim, cancelled: cancelSignal }: ActiveAttempt, error: unknown): Ending | null {
  const { isPermitted } = claim;
  if (cancelSignal.aborted && !isPermitted) return cancelled;
  const ending = endingOfError(error, claim);
  if (ending === null) return null;
  if (hasEnded(claim)) return endingWithout(ending.message ?? '', claim);
  if (!isPermitted || claim.kind === 'copy') return ending;
  // Asking again and again with a password that is refused can lock the account.
  return { ...ending, message: `${ending.message} What ran on ${claim.server.hostname} may still run.` };
}

function mostTries(error: unknown): number {
  const isStorageFull = error instanceof DrsError && error.code === 'storage_full';
  return isStorageFull ? triesWhileStorageIsFull : triesAfterUnexpected;
}

async function tryAgain(
  deps: RunnerDependencies,
  active: ActiveAttempt,
  error: unknown,
): Promise<Deferral | null> {
  active.unexpectedErrors += 1;
  const { claim, unexpectedErrors: tries } = active;
  const message =
    error instanceof DrsError ? error.message : 'An unexpected error; the log of the worker tells more.';
  if (tries >= mostTries(error)) {
    await finish(deps, claim, givenUp(claim, error, message));
    return null;
  }
  const delayMs = pauseMs(tries, Math.random());
  await deps.store.defer(claim, {
    nextTryAt: new Date(Date.now() + delayMs),
    message: `${message} Trying again; this was try ${tries}.`,
  });
  return { delayMs };
}

function givenUp(claim: Claim, error: unknown, message: string): Ending {
  // What cannot be had from the server is a note; what fails here is no success.
  if (hasEnded(claim) && isOfServer(error)) return endingWithout(message, claim);
  if (error instanceof DrsError && error.code === 'no_space') return failure('rejected', message);
  const mayRun = claim.isPermitted && claim.kind === 'run' ? ' What ran there may still run.' : '';
  return failure('internal', `${message}${mayRun}`);
}

function isOfServer(error: unknown): boolean {
  return (
    error instanceof TransportError ||
    (error instanceof DrsError && /^(script_|report_broken$)/.test(error.code))
  );
}
