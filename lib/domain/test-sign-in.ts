/** Who signs in to a server for a test, and with what. */

import { z } from 'zod';
import { forNoKey, isForNoKey } from '../core/passphrase.js';
import type { ServerRecord, User } from '../core/records.js';
import { ValidationError } from '../errors.js';
import type { ResolvedOptions } from '../options.js';
import type { Credential } from '../transports/session.js';
import { ownKeyName, requireOwnKey } from './app-key.js';

/** What somebody gives to sign in with. Nothing is the app's own key. */
export const signInInput = z
  .strictObject({
    username: z
      .string()
      .min(1)
      .max(255)
      .refine((name) => !name.startsWith('-') && !/\p{Cc}/u.test(name), 'must be a name on the server')
      .optional()
      .describe('The name to sign in with; default your own'),
    password: z.string().optional().describe('Alone, or with privateKey where the server asks for both'),
    privateKey: z.string().optional().describe('PEM or OpenSSH format; offered before the password'),
    passphrase: z.string().optional(),
  })
  .refine((given) => !isForNoKey(given), { path: ['passphrase'], message: forNoKey });

/** What signs in. */
export interface TestSignIn {
  username: string;
  credential: Credential;
  /** As in `the given key and a password`. */
  inWords: string;
}

/** @throws ValidationError, DrsError `credentials_missing`, ForbiddenError `username_not_allowed` */
export function chooseTestSignIn(
  options: Pick<ResolvedOptions, 'identity' | 'mapUsername'>,
  { server, as, form }: { server: ServerRecord; as: User | undefined; form: z.output<typeof signInInput> },
): TestSignIn {
  const { password, privateKey, passphrase, username } = form;
  const name = username ?? (as && options.mapUsername(as, server));
  if (name === undefined) {
    const message = 'is required where nobody is named with `as`';
    throw new ValidationError([{ path: 'username', message }]);
  }
  if (!password && !privateKey) {
    const identity = requireOwnKey(options);
    if (as) ownKeyName(options, { user: as, server, username });
    return { username: name, credential: { ...identity }, inWords: "the app's own key" };
  }
  const credential = {
    ...(privateKey ? { privateKey, ...(passphrase ? { passphrase } : {}) } : {}),
    ...(password ? { password } : {}),
  };
  const inWords = [privateKey && 'the given key', password && 'a password'].filter(Boolean).join(' and ');
  return { username: name, credential, inWords };
}
