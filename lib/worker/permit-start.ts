/** The steps round a start: the permit before it, and who watches over it written down after it. */

import { DrsError } from '../errors.js';
import type { Began, ControlRoot } from '../protocol/attempt-records.js';
import type { RunFollower } from '../schedulers/scheduler.js';
import type { Claim } from '../store/attempt-store.js';
import type { ActiveAttempt, WorkerDependencies } from './worker-dependencies.js';

/** What is left of the lease must do for the start to be decided over there. */
const mostMarginMs = 5_000;

/**
 * Writes the permit down; the program is started only after that, and only while the lease holds for a while.
 * @throws ClaimLostError, DirectoryInUseError, DrsError `lease_short` | `right_taken_away`
 */
export async function permitStart(
  { store, timings, requireRights }: WorkerDependencies,
  active: ActiveAttempt,
  prepared: { controlRoot: ControlRoot; directory: string },
): Promise<void> {
  const { claim } = active;
  await requireRights(claim);
  claim.note = await store.permit(claim, prepared);
  claim.isPermitted = true;
  Object.assign(claim, prepared);
  const marginMs = Math.min(mostMarginMs, timings.leaseMs / 6);
  if (active.heldUntil - performance.now() >= marginMs) return;
  // This process stood still meanwhile: another one may hold the attempt by the time a start gets through.
  throw new DrsError('lease_short', 'This worker took too long to start the program; it is tried again.');
}

/** What a follower of `claim` does when the program runs. */
export function beginning({ store, logger, tell }: WorkerDependencies, claim: Claim): RunFollower['onBegan'] {
  return async (how, began: Began) => {
    await store.markRunning(claim, began, how === 'followed' ? followed(claim, began) : claim.note);
    claim.isPermitted = true;
    claim.began = began;
    if (how === 'started') tell('attempt:started', { jobId: claim.jobId, attempt: claim.attempt });
    // Not before: a server that takes connections and drops them is no better than one that is away.
    if (claim.unreachableSince === null || how === 'followed') return;
    // The next outage counts from its own beginning.
    Object.assign(claim, { unreachableSince: null, unreachableTries: 0 });
    store.markReached(claim).catch((error: unknown) => logger.debug({ err: error }, 'It is not noted.'));
  };
}

function followed({ server: { hostname } }: Claim, { machine }: Began): string {
  const [node = ''] = machine.split(':');
  return `It runs on another machine behind ${hostname} (${node}) than the one that answers, and is followed from there.`;
}

/** Nothing could be written over there: that may pass. */
export function noSpace(detail: string, { server: { hostname }, remoteFilename }: Claim): DrsError {
  const said = detail === '' ? '' : ` (${detail})`;
  const text = `The program ${remoteFilename} cannot be put on ${hostname}: no space is left there, or nothing may be written${said}.`;
  return new DrsError('no_space', text);
}
