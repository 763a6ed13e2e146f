/** Who uses the panel: what the page may know of that person, and the person behind it. */

import type { CurrentAdmin } from 'adminjs';
import { misfitOf } from '../lib/protocol/person.js';
import type { User } from '../lib/protocol/records.js';

/** Finds the person behind AdminJS's `currentAdmin`; null when there is none. */
export type UserOf = (currentAdmin: CurrentAdmin | undefined) => User | null;

const people = new WeakMap<object, User>();

/**
 * What is put in AdminJS's place for the user. It is written into the page without escaping, so it holds
 * harmless properties, and the person stays here.
 */
export function currentAdminOf(user: User, { canSignOut }: { canSignOut: boolean }): CurrentAdmin {
  const admin = {
    id: harmless(String(user.id)),
    label: harmless(user.username),
    role: user.isAdmin === true ? 'administrator' : 'user',
    canSignOut,
  };
  people.set(admin, user);
  // AdminJS's type asks for an e-mail address; without one it shows no menu of its own, and the host signs people out.
  return admin as unknown as CurrentAdmin;
}

/** The person behind a `currentAdmin` that `currentAdminOf` made. */
export const userOfPanel: UserOf = (currentAdmin) => (currentAdmin && people.get(currentAdmin)) ?? null;

/** The person behind the `currentAdmin` of a host's own AdminJS: it must carry what a `User` carries. */
export const userOfHost: UserOf = (currentAdmin) => {
  if (misfitOf(currentAdmin) !== null) return null;
  const { id, username, isAdmin } = currentAdmin as unknown as User;
  return { id, username, isAdmin: isAdmin === true };
};

function harmless(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, '');
}
