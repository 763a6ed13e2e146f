/** Adds a public key to an account, or removes it. */

import { DrsError } from '../errors.js';
import type { Internals } from '../internals.js';
import type { KeyOptions } from '../remote-submission-types.js';
import { addPublicKey, publicKeyOf, removePublicKey } from '../transports/authorized-keys.js';

/**
 * Afterwards no warm connection of any process signs in with a key that was removed.
 * @throws TransportError, ValidationError `invalid_public_key`, DrsError `identity_missing`
 */
export async function changeKey(
  internals: Internals,
  change: 'add' | 'remove',
  key: KeyOptions,
): Promise<{ isChanged: boolean }> {
  const { transports, options, bus } = internals;
  const { hostname, port = 22, username, publicKey = ownPublicKey(options.identity), ...credential } = key;
  const { session, release } = await transports.ssh.acquire({ hostname, port, username, credential });
  try {
    const edit = change === 'add' ? addPublicKey : removePublicKey;
    return { isChanged: await edit(session, publicKey) };
  } finally {
    release();
    if (change === 'remove') {
      transports.ssh.retire({ hostname, port, username });
      bus.publish({ type: 'retire', hostname, port, username });
    }
  }
}

function ownPublicKey(identity: Internals['options']['identity']): string {
  if (identity !== null) return publicKeyOf(identity.privateKey, identity.passphrase);
  throw new DrsError('identity_missing', 'Name a `publicKey`: this application has no SSH key of its own.', {
    status: 400,
  });
}
