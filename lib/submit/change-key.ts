/** Adds a public key to an account, or removes it. */

import { requireKeyOptions } from '../check-input.js';
import { actorOf } from '../protocol/audit.js';
import { retireConnections } from '../domain/retire-connections.js';
import { DrsError } from '../errors.js';
import type { Internals } from '../internals.js';
import type { KeyOptions } from '../remote-submission-types.js';
import { hopsOf } from '../models/hops.js';
import { addPublicKey, publicKeyOf, removePublicKey } from '../transports/authorized-keys.js';
import { parsePublicKey } from '../transports/public-key.js';

/**
 * Afterwards no warm connection of any process signs in with a key that was removed.
 * @throws NotFoundError | ForbiddenError (`as`), TransportError, ValidationError `invalid_public_key`, DrsError `identity_missing`
 */
export async function changeKey(
  internals: Internals,
  change: 'add' | 'remove',
  key: KeyOptions,
): Promise<{ isChanged: boolean }> {
  requireKeyOptions(key);
  const { transports, options, audit } = internals;
  const { as, by, hostname, port = 22, username, publicKey, ...credential } = key;
  const line = publicKey ?? ownPublicKey(options.identity);
  // Before anybody signs in for it.
  parsePublicKey(line);
  const server = await internals.models.Server.findOne({ where: { hostname, port }, order: ['id'] });
  if (as) await internals.access.require(as, 'server:keys', { record: server, what: `${hostname}:${port}` });
  const via = server ? await hopsOf(internals.sequelize, server.id) : [];
  const legacyAlgorithms = server?.legacyAlgorithms === true;
  const target = { hostname, port, via, username, legacyAlgorithms, credential };
  const { session, release } = await transports.ssh.acquire(target);
  try {
    const edit = change === 'add' ? addPublicKey : removePublicKey;
    const isChanged = await edit(session, line);
    const action = change === 'add' ? 'key_copied' : 'key_deleted';
    const detail = `of ${username}${isChanged ? '' : ': there was nothing to do'}`;
    const subject = { subject: 'server', id: server?.id ?? null, hostname, port } as const;
    await audit.record({ ...subject, by: actorOf(as, by), action, detail });
    return { isChanged };
  } finally {
    release();
    if (change === 'remove') retireConnections(internals, { hostname, port, username });
  }
}

function ownPublicKey(identity: Internals['options']['identity']): string {
  if (identity !== null) return publicKeyOf(identity.privateKey, identity.passphrase);
  throw new DrsError('identity_missing', 'Name a `publicKey`: this application has no SSH key of its own.', {
    status: 400,
  });
}
