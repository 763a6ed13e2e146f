/** Adds a public key to an account, or removes it. */

import { DrsError } from '../errors.js';
import type { Internals } from '../internals.js';
import type { KeyOptions } from '../remote-submission-types.js';
import { addPublicKey, publicKeyOf, removePublicKey } from '../transports/authorized-keys.js';

/** @throws TransportError, ValidationError `invalid_public_key`, DrsError `identity_missing` */
export async function changeKey(
  { transports, options }: Internals,
  change: 'add' | 'remove',
  { hostname, port = 22, username, publicKey = ownPublicKey(options.identity), ...credential }: KeyOptions,
): Promise<{ isChanged: boolean }> {
  const target = { hostname, port, username, credential };
  const { session, release } = await transports.ssh.acquire(target);
  try {
    const edit = change === 'add' ? addPublicKey : removePublicKey;
    return { isChanged: await edit(session, publicKey) };
  } finally {
    release();
  }
}

function ownPublicKey(identity: Internals['options']['identity']): string {
  if (identity !== null) return publicKeyOf(identity.privateKey, identity.passphrase);
  throw new DrsError('identity_missing', 'Name a `publicKey`: this application has no SSH key of its own.', {
    status: 400,
  });
}
