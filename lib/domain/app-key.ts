/** Who the app's own key may sign in as. */

import type { ServerRecord, User } from '../protocol/records.js';
import { DrsError, ForbiddenError } from '../errors.js';
import type { ResolvedOptions } from '../options.js';

/**
 * The name that the app's own key signs in with: the person's own, or what `mapUsername` says. Any other name needs its
 * own password or key. @throws ForbiddenError `username_not_allowed`
 */
export function ownKeyName(
  { mapUsername }: Pick<ResolvedOptions, 'mapUsername'>,
  { user, server, username }: { user: User; server: ServerRecord; username: string | undefined },
): string {
  const allowed = mapUsername(user, server);
  if (username === undefined || username === allowed) return allowed;
  throw new ForbiddenError(
    `The application's own key signs in only as ${allowed}: give a password or a key of ${username}.`,
    'username_not_allowed',
  );
}

/** @throws DrsError `credentials_missing` where the application has no key */
export function requireOwnKey({
  identity,
}: Pick<ResolvedOptions, 'identity'>): NonNullable<ResolvedOptions['identity']> {
  if (identity !== null) return identity;
  throw new DrsError(
    'credentials_missing',
    'Give a password or a private key: this application has no SSH key of its own (the option `identity`).',
    { status: 400 },
  );
}
