/** Who signs in to a server for a test, and with what. */

import type { z } from 'zod';
import type { ServerRecord, User } from '../protocol/records.js';
import type { signInInput } from '../protocol/schemas/connection-schemas.js';
import { ValidationError } from '../errors.js';
import type { ResolvedOptions } from '../options.js';
import type { Credential } from '../transports/session.js';
import { nameOn, ownKeyName, requireOwnKey } from './app-key.js';

/** What signs in. */
export interface TestSignIn {
  username: string;
  credential: Credential;
  /** As in `the given key and a password`. */
  description: string;
}

/** @throws ValidationError, DrsError `credentials_missing`, ForbiddenError `username_not_allowed` */
export function chooseTestSignIn(
  options: Pick<ResolvedOptions, 'identity' | 'mapUsername'>,
  { server, as, form }: { server: ServerRecord; as: User | undefined; form: z.output<typeof signInInput> },
): TestSignIn {
  const { password, privateKey, passphrase, username } = form;
  const name = username ?? (as && nameOn(options, as, server));
  if (name === undefined) {
    const message = 'is required where nobody is named with `as`';
    throw new ValidationError([{ path: 'username', message }]);
  }
  if (!password && !privateKey) {
    const identity = requireOwnKey(options);
    if (as) ownKeyName(options, { user: as, server, username });
    return { username: name, credential: { ...identity }, description: "the app's own key" };
  }
  const credential = {
    ...(privateKey ? { privateKey, ...(passphrase ? { passphrase } : {}) } : {}),
    ...(password ? { password } : {}),
  };
  const description = [privateKey && 'the given key', password && 'a password'].filter(Boolean).join(' and ');
  return { username: name, credential, description };
}
