/** Carries an attempt out, from the connection to its final state. */

import { ClaimLostError, DrsError } from '../errors.js';
import type { Credential, SessionLease } from '../transports/session.js';
import type { Claim, Ending } from './attempt-store.js';
import { copyProgram } from './copy-program.js';
import { cancelled } from './endings.js';
import { followAttempt } from './follow-attempt.js';
import type { ActiveAttempt, WorkerParts } from './parts.js';
import { placeOf } from './place-of.js';
import type { RunnerParts } from './runner-parts.js';
import { settleError } from './settle-error.js';
import type { Deferral } from './wait-for-server.js';

/** Resolves when this process is done with the attempt: null, or a deferral when it is to be tried again later. */
export async function runAttempt(parts: RunnerParts, active: ActiveAttempt): Promise<Deferral | null> {
  const { claim } = active;
  try {
    await carryOut(parts, active);
    return null;
  } catch (error) {
    if (error instanceof ClaimLostError) {
      parts.logger.info({ jobId: claim.jobId, attempt: claim.attempt }, error.message);
      return null;
    }
    return settleError(parts, active, error);
  }
}

async function carryOut(parts: RunnerParts, active: ActiveAttempt): Promise<void> {
  const { claim } = active;
  if (active.cancelled.aborted && !claim.isTakenOver) return finish(parts, claim, cancelled);
  const lease = await openSession(parts, active);
  try {
    const where = { session: lease.session, place: placeOf(claim) };
    const work = claim.kind === 'copy' ? copyProgram : followAttempt;
    await finish(parts, claim, await work(parts, active, where));
  } catch (error) {
    lease.release();
    throw error;
  }
  if (claim.kind === 'run') parts.cleaner.add(claim, lease);
  else lease.release();
}

async function finish({ store, logger }: WorkerParts, claim: Claim, ending: Ending): Promise<void> {
  await store.finish(claim, ending);
  const { jobId, attempt } = claim;
  const { status, failureReason } = ending;
  logger.info({ jobId, attempt, status, failureReason }, 'An attempt ended.');
}

async function openSession(parts: RunnerParts, active: ActiveAttempt): Promise<SessionLease> {
  const { claim, letGo, cancelled } = active;
  const { server, username } = claim;
  const target = { hostname: server.hostname, port: server.port, username };
  if (!claim.isRemote)
    return parts.transports.local.acquire({ ...target, credential: {} }, { signal: letGo });
  const credential = active.credential ?? (await credentialOf(parts, claim));
  // An attempt that may be running is only cancelled over a connection.
  const signal = claim.isTakenOver ? letGo : AbortSignal.any([letGo, cancelled]);
  return parts.reach.through(claim, () =>
    parts.transports.ssh.acquire({ ...target, credential }, { signal }),
  );
}

async function credentialOf({ store, identity }: WorkerParts, claim: Claim): Promise<Credential> {
  if (claim.hasCredential) return store.credential(claim);
  if (identity !== null) return identity;
  throw new DrsError(
    'credentials_missing',
    `Cannot sign in to ${claim.server.hostname}: no password or key was given, and the app has no key of its own.`,
  );
}
