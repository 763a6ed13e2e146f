/** `drs host-key SERVER` */

import type { HostKeyState } from '../protocol/host-keys.js';
import type { RemoteSubmission } from '../remote-submission.js';
import { actingUser } from './acting-user.js';
import { findServer } from './find-server.js';
import { withInstance } from './instance.js';

/** The options of the command. */
export interface HostKeyFlags {
  /** A fingerprint. */
  approve?: string;
  forget?: boolean;
  json?: boolean;
}

/** Shows the host key, after what was asked for was done. @throws CommandError, ConflictError `fingerprint_differs` */
export function hostKey(server: string, flags: HostKeyFlags): Promise<number> {
  return withInstance(async (drs) => {
    const state = await decide(drs, await findServer(drs, server), flags);
    process.stdout.write(flags.json ? `${JSON.stringify(asJson(state))}\n` : describeHostKey(state));
    return 0;
  });
}

async function decide(
  { hostKeys }: RemoteSubmission,
  serverId: number,
  { approve, forget }: HostKeyFlags,
): Promise<HostKeyState> {
  if (approve !== undefined) return hostKeys.approve(serverId, { fingerprint: approve }, actingUser());
  if (forget) await hostKeys.forget(serverId, actingUser());
  return hostKeys.get(serverId);
}

/** As the REST interface answers. */
function asJson({ hostKey: key, offered }: HostKeyState): object {
  if (!key) return { hostKey: null, offered };
  const { type, fingerprint, isApproved, firstSeenAt } = key;
  return { hostKey: { type, fingerprint, isApproved, firstSeenAt }, offered };
}

function describeHostKey({ hostKey: key, offered }: HostKeyState): string {
  const pinned = key
    ? `${key.type} ${key.fingerprint} ${standing(key)}\n`
    : 'No key is pinned: the next connection shows one. `drs test` makes one.\n';
  if (!offered) return pinned;
  const { type, fingerprint, seenAt } = offered;
  return `${pinned}It showed ${type} ${fingerprint} at ${seenAt.toISOString()}, and was refused.\n`;
}

function standing({ isTrusted, approvedAt, approvedBy, firstSeenAt }: KnownKey): string {
  if (approvedAt) return `(approved by ${approvedBy}, ${approvedAt.toISOString()})`;
  const since = firstSeenAt.toISOString();
  return isTrusted ? `(trusted since it was first seen, ${since})` : `(not approved, seen ${since})`;
}

type KnownKey = NonNullable<HostKeyState['hostKey']>;
