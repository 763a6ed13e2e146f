/** Who signs in to a server from the panel, and with what. */

import type { User } from '../../lib/core/records.js';
import { ForbiddenError, ValidationError } from '../../lib/errors.js';
import type { Internals } from '../../lib/internals.js';
import type { ServerModel } from '../../lib/models/define-models.js';
import type { Credential } from '../../lib/transports/session.js';

/** What a form says about signing in. */
export interface SignInForm {
  username?: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
}

/** The texts of a form; anything else in it is left out. */
export function signInForm(payload: Record<string, unknown> | undefined): SignInForm {
  const names = ['username', 'password', 'privateKey', 'passphrase'] as const;
  const given = names.map((name) => [name, payload?.[name]] as const);
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string' && value !== ''));
}

/**
 * The name and the credential. The app's own key signs in only as the person's own name, or as `mapUsername` says:
 * any other name needs its own password or key. @throws ForbiddenError | ValidationError
 */
export function signInOf(
  { options }: Internals,
  { server, user, form }: { server: ServerModel; user: User; form: SignInForm },
): { username: string; credential: Credential } {
  const own = options.mapUsername(user, server);
  const username = form.username ?? own;
  const { password, privateKey, passphrase } = form;
  if (password !== undefined || privateKey !== undefined) {
    return { username, credential: defined({ password, privateKey, passphrase }) };
  }
  if (username !== own) {
    throw new ForbiddenError(
      `The app's own key signs in as ${own} only. Give the password or the key of ${username}.`,
    );
  }
  if (options.identity) return { username, credential: { ...options.identity } };
  const message = 'This application has no key of its own (option identity). Give a password or a key.';
  throw new ValidationError([{ path: '', message }]);
}

function defined(credential: { [Name in keyof Credential]: Credential[Name] | undefined }): Credential {
  return Object.fromEntries(Object.entries(credential).filter(([, value]) => value !== undefined));
}
