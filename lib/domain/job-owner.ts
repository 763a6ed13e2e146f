/** Whose a job may be. The owner's name is what the app's own key signs in as, and rights go by the id. */

import { ForbiddenError, type Problem } from '../errors.js';
import { halfOwner, wordsForMissing, type Owner } from '../protocol/owner.js';
import type { Call } from './call.js';

/** An owner to come, or as it is. @param before undefined where host code makes a job */
interface Change {
  before: Owner | undefined;
  changes: Partial<Owner>;
}

/** Nobody but administrators and host code may choose another than they are. @throws ForbiddenError `owner_not_allowed` */
export function requireOwnerAllowed({ as }: Pick<Call, 'as'>, { before, changes }: Change): void {
  if (as === undefined || as.isAdmin === true) return;
  const { owner = before?.owner, ownerUsername = before?.ownerUsername } = changes;
  const isKept = owner === before?.owner && ownerUsername === before?.ownerUsername;
  const isOwn = owner === String(as.id) && ownerUsername === as.username;
  if (isKept || isOwn) return;
  throw new ForbiddenError('Only administrators may choose the owner of a job.', 'owner_not_allowed');
}

/** They change only together. */
export function ownerProblems(before: Owner | undefined, changes: Partial<Owner>): Problem[] {
  const isGiven = (name: keyof Owner): boolean => changes[name] !== undefined;
  if (before === undefined && !isGiven('owner') && !isGiven('ownerUsername')) {
    const message = 'is required where no user is named with `as`: the id of the user whose job it is';
    return [
      { path: 'owner', message },
      { path: 'ownerUsername', message: wordsForMissing.ownerUsername },
    ];
  }
  const { owner, ownerUsername } = { ...before, ...changes };
  if (owner === before?.owner && ownerUsername === before?.ownerUsername) return [];
  const half = halfOwner(isGiven);
  return half ? [half] : [];
}
