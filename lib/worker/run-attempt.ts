/** Carries an attempt out, from the connection to its final state. */

import { ClaimLostError, DrsError } from '../errors.js';
import { fillPlaceholders } from '../core/remote-path.js';
import type { AttemptPlace } from '../schedulers/scheduler.js';
import type { Credential, SessionLease } from '../transports/session.js';
import type { Claim, Ending } from './attempt-store.js';
import { copyProgram } from './copy-program.js';
import { cancelled } from './endings.js';
import { followAttempt } from './follow-attempt.js';
import type { ActiveAttempt, WorkerParts } from './parts.js';
import { settleError, type Deferral } from './settle-error.js';

/** Resolves when this process is done with the attempt: null, or a deferral when it is to be tried again later. */
export async function runAttempt(parts: WorkerParts, active: ActiveAttempt): Promise<Deferral | null> {
  const { store, logger } = parts;
  const { claim } = active;
  try {
    const ending = await carryOut(parts, active);
    await store.finish(claim, ending);
    const { jobId, attempt } = claim;
    logger.info(
      { jobId, attempt, status: ending.status, failureReason: ending.failureReason },
      'An attempt ended.',
    );
    return null;
  } catch (error) {
    if (error instanceof ClaimLostError) {
      logger.info({ jobId: claim.jobId, attempt: claim.attempt }, error.message);
      return null;
    }
    return settleError(parts, active, error);
  }
}

async function carryOut(parts: WorkerParts, active: ActiveAttempt): Promise<Ending> {
  const { claim } = active;
  if (active.cancelled.aborted && !claim.isTakenOver) return cancelled;
  const lease = await openSession(parts, active);
  try {
    await parts.store.markRunning(claim);
    claim.isTakenOver = true;
    const place = placeOf(claim);
    const work = claim.kind === 'copy' ? copyProgram : followAttempt;
    return await work(parts, active, { session: lease.session, place });
  } finally {
    lease.release();
  }
}

async function openSession(parts: WorkerParts, active: ActiveAttempt): Promise<SessionLease> {
  const { claim, letGo, cancelled } = active;
  const { server, username } = claim;
  const transport = claim.isRemote ? parts.transports.ssh : parts.transports.local;
  const credential = claim.isRemote ? (active.credential ?? (await credentialOf(parts, claim))) : {};
  // An attempt that may be running is only cancelled over a connection.
  const signal = claim.isTakenOver ? letGo : AbortSignal.any([letGo, cancelled]);
  return transport.acquire(
    { hostname: server.hostname, port: server.port, username, credential },
    { signal },
  );
}

async function credentialOf({ store, identity }: WorkerParts, claim: Claim): Promise<Credential> {
  const credential = await store.credential(claim);
  if (Object.keys(credential).length > 0) return credential;
  if (identity !== null) return identity;
  throw new DrsError(
    'credentials_missing',
    `Cannot sign in to ${claim.server.hostname}: no password or key was given, and the app has no key of its own.`,
  );
}

function placeOf(claim: Claim): AttemptPlace {
  const { jobId, attempt, ownerUsername, uuid } = claim;
  const values = { job: jobId, attempt, owner: ownerUsername };
  return { directory: fillPlaceholders(claim.remoteDirectory, values), name: `${uuid}-${attempt}` };
}
