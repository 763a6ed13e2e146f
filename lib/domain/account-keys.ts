/** Public keys of accounts on servers: adds them, and removes them. */

import type { Sequelize } from 'sequelize';
import type { Access } from '../access.js';
import { requireKeyOptions } from '../check-input.js';
import { actorOf } from '../protocol/audit.js';
import { DrsError } from '../errors.js';
import type { Audit } from '../models/audit.js';
import { hopsOf } from '../models/hops.js';
import type { Models } from '../models/model-types.js';
import type { ResolvedOptions } from '../options.js';
import { addPublicKey, publicKeyOf, removePublicKey } from '../transports/authorized-keys.js';
import { parsePublicKey } from '../transports/public-key.js';
import type { Transport } from '../transports/session.js';
import type { DoneFor } from './call.js';
import { retireConnections, type ConnectionHolders } from './retire-connections.js';

/** Where and how to sign in to add or remove a public key. */
export interface KeyOptions extends DoneFor {
  hostname: string;
  /** Default 22. */
  port?: number;
  username: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
  /** One line of an `authorized_keys` file. Default: the app's own. */
  publicKey?: string;
}

/** The calls of an instance that change the authorized keys of an account. */
export interface AccountKeys {
  /** Adds the public key to the account's authorized keys; `isChanged` is false when it was there. @throws TransportError */
  copyKey(options: KeyOptions): Promise<{ isChanged: boolean }>;
  /** Removes exactly this key. @throws TransportError */
  deleteKey(options: KeyOptions): Promise<{ isChanged: boolean }>;
}

/** With what machines are reached, and whose key is put there. */
interface Dependencies extends ConnectionHolders {
  sequelize: Sequelize;
  models: Pick<Models, 'Server'>;
  access: Access;
  audit: Audit;
  transports: { readonly ssh: Pick<Transport, 'acquire' | 'retire'> };
  options: Pick<ResolvedOptions, 'identity'>;
}

export function createAccountKeys(dependencies: Dependencies): AccountKeys {
  return {
    copyKey: (key) => changeKey(dependencies, 'add', key),
    deleteKey: (key) => changeKey(dependencies, 'remove', key),
  };
}

/**
 * Afterwards no warm connection of any process signs in with a key that was removed.
 * @throws NotFoundError | ForbiddenError (`as`), TransportError, ValidationError `invalid_public_key`, DrsError `identity_missing`
 */
async function changeKey(
  dependencies: Dependencies,
  change: 'add' | 'remove',
  key: KeyOptions,
): Promise<{ isChanged: boolean }> {
  requireKeyOptions(key);
  const { sequelize, models, access, audit, transports, options } = dependencies;
  const { as, by, hostname, port = 22, username, publicKey, ...credential } = key;
  const line = publicKey ?? ownPublicKey(options);
  // Before anybody signs in for it.
  parsePublicKey(line);
  const server = await models.Server.findOne({ where: { hostname, port }, order: ['id'] });
  if (as) await access.require(as, 'server:keys', { record: server, what: `${hostname}:${port}` });
  const via = server ? await hopsOf(sequelize, server.id) : [];
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
    if (change === 'remove') retireConnections(dependencies, { hostname, port, username });
  }
}

function ownPublicKey({ identity }: Pick<ResolvedOptions, 'identity'>): string {
  if (identity !== null) return publicKeyOf(identity.privateKey, identity.passphrase);
  throw new DrsError('identity_missing', 'Name a `publicKey`: this application has no SSH key of its own.', {
    status: 400,
  });
}
