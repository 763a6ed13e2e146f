/** Who the app's own key may sign in as. */

import type { JobRecord, ServerRecord, User } from '../protocol/records.js';
import { isSystemAccount } from '../protocol/system-accounts.js';
import { DrsError, ForbiddenError } from '../errors.js';
import type { ResolvedOptions } from '../options.js';

type Mapping = Pick<ResolvedOptions, 'mapUsername'>;

/** The name of a person on a server: their own, or what `mapUsername` says. */
export function nameOn({ mapUsername }: Mapping, user: User, server: ServerRecord): string {
  return mapUsername ? mapUsername(user, server) : user.username;
}

/**
 * The name that the app's own key signs in with: the person's own, or what `mapUsername` says. Any other name needs its
 * own password or key; so do accounts of the system, such as root, where no `mapUsername` was given.
 * @throws ForbiddenError `username_not_allowed`
 */
export function ownKeyName(
  options: Mapping,
  { user, server, username }: { user: User; server: ServerRecord; username: string | undefined },
): string {
  const allowed = nameOn(options, user, server);
  if (username !== undefined && username !== allowed) {
    throw nameNotAllowed(
      `The application's own key signs in only as ${allowed}: give a password or a key of ${username}.`,
    );
  }
  if (options.mapUsername === null && isSystemAccount(allowed)) {
    throw nameNotAllowed(
      `The application's own key does not sign in as ${allowed}, which is an account of the system: give a password or a key of ${allowed}, or have the option mapUsername allow it.`,
    );
  }
  return allowed;
}

/**
 * The owner of a job as the host knows them now: what `resolveUser` says; without it the submitter, where that is the
 * owner. Host code without `as` is trusted with what the job says. Null: nobody says who that is now.
 */
export async function ownerNow(
  { resolveUser }: { resolveUser: ((id: string) => Promise<User | null>) | null },
  { owner, ownerUsername }: Pick<JobRecord, 'owner' | 'ownerUsername'>,
  as: User | undefined,
): Promise<User | null> {
  if (resolveUser) return resolveUser(owner);
  if (as === undefined) return { id: owner, username: ownerUsername };
  return String(as.id) === owner ? as : null;
}

/** Where nobody says who the owner of a job is now. */
export function ownerNotKnown(
  { ownerUsername }: Pick<JobRecord, 'ownerUsername'>,
  isAsked: boolean,
): ForbiddenError {
  const why = isAsked
    ? 'the application does not know that person any more'
    : 'somebody else submits it, and the application was not given the option resolveUser';
  return nameNotAllowed(
    `The application's own key signs in only as the owner of a job (here ${ownerUsername}), and ${why}: give a user name with its password or key.`,
  );
}

export function nameNotAllowed(message: string): ForbiddenError {
  return new ForbiddenError(message, 'username_not_allowed');
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
