/** Decides whether a machine is the one that is pinned, before anything secret is sent to it. */

import { leastRsaBits } from './algorithms.js';
import { keyType, fingerprintOf, rsaBits } from './public-key.js';
import type { HostKey, HostKeys, Target } from './session.js';
import { hostKeyChanged, hostKeyUnapproved, hostKeyWeak } from './transport-problems.js';

/** `pin-first-use` trusts the first key seen; `approved-only` waits for an administrator's approval of it. */
export type HostKeyPolicy = 'pin-first-use' | 'approved-only';

/** Accepts the key that a machine shows. `preferred` is the pinned key's type, to be asked for first. */
export interface HostKeyCheck {
  readonly preferred: string | null;
  /** @throws TransportError `host_key_changed` | `host_key_unapproved` | `host_key_weak` */
  accept(blob: Buffer): Promise<void>;
}

/** Reads the pinned key of a machine, for one handshake. */
export async function checkHostKey(
  target: Target,
  hostKeys: HostKeys,
  policy: HostKeyPolicy,
): Promise<HostKeyCheck> {
  const isTrusted = policy === 'pin-first-use';
  const known = await hostKeys.find(target.hostname, target.port);
  let accepted: string | null = null;
  return {
    preferred: known?.type ?? null,
    async accept(blob) {
      const seen = describeHostKey(blob);
      // A rekey shows the key again: it must be the same one.
      if (seen.key === accepted) return;
      const bits = rsaBits(blob);
      if (bits !== null && bits < leastRsaBits && !target.legacyAlgorithms)
        throw hostKeyWeak(target, seen, bits);
      const pinned = known ?? (await hostKeys.remember(target.hostname, target.port, { ...seen, isTrusted }));
      if (pinned.key !== seen.key) {
        // The refusal stands, whether or not it could be written down.
        await hostKeys.noteChange?.(target.hostname, target.port, seen).catch(() => undefined);
        throw hostKeyChanged(target, pinned, seen);
      }
      if (policy === 'approved-only' && !pinned.isApproved) throw hostKeyUnapproved(target, seen);
      accepted = seen.key;
    },
  };
}

function describeHostKey(blob: Buffer): HostKey {
  return {
    type: keyType(blob) ?? 'unknown',
    key: blob.toString('base64'),
    fingerprint: fingerprintOf(blob),
    isApproved: false,
  };
}
