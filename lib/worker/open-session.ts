/** The way to the machine of an attempt. */

import { DrsError } from '../errors.js';
import type { Credential, SessionLease } from '../transports/session.js';
import { addressOf } from '../transports/transport-problems.js';
import type { Claim } from '../store/attempt-store.js';
import { transportOf } from './chosen-by-server.js';
import type { ActiveAttempt, WorkerDependencies } from './worker-dependencies.js';
import type { RunnerDependencies } from './runner-dependencies.js';

/** @throws TransportError, DrsError `credentials_missing` | `address_changed` | `unknown_transport` | `jump_hosts_unsupported` */
export async function openSession(deps: RunnerDependencies, active: ActiveAttempt): Promise<SessionLease> {
  const { claim, detached, cancelled } = active;
  const { server, username } = claim;
  const { hostname, port, legacyAlgorithms } = server;
  const target = { hostname, port, via: claim.via, username, legacyAlgorithms };
  if (claim.isAddressChanged && !claim.isPermitted) throw addressChanged(claim);
  const transport = transportOf(deps, claim);
  if (!claim.isRemote) return transport.acquire({ ...target, credential: {} }, { signal: detached });
  const credential = active.credential ?? (await credentialOf(deps, claim));
  // An attempt that may be running is only cancelled over a connection.
  const signal = claim.isPermitted ? detached : AbortSignal.any([detached, cancelled]);
  return deps.availability.through(claim, () => transport.acquire({ ...target, credential }, { signal }));
}

async function credentialOf({ store, identity }: WorkerDependencies, claim: Claim): Promise<Credential> {
  if (claim.hasCredential) return store.credential(claim);
  if (identity !== null) return identity;
  throw new DrsError(
    'credentials_missing',
    `Cannot sign in to ${claim.server.hostname}: no password or key was given, and the app has no key of its own.`,
  );
}

function addressChanged({ server: { hostname, port, title }, via }: Claim): DrsError {
  const text = `It was submitted for ${addressOf({ hostname, port, via })}, but "${title}" names another machine, or another way, since.`;
  return new DrsError(
    'address_changed',
    `${text} Nothing was sent to either; submit the job again if it is meant for the new one.`,
  );
}
