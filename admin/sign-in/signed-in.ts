/** Who is signed in by the panel's own form, now. */

import type { IncomingMessage } from 'node:http';
import type { User } from '../../lib/protocol/records.js';
import type { Internals } from '../../lib/internals.js';
import type { SignInOptions } from '../admin-options.js';
import { tokenOf } from './cookie.js';

interface Parts extends Pick<Internals, 'signIns' | 'identities'> {
  signIn: Required<SignInOptions>;
}

/**
 * The person who signed in by the form, as the host knows them now, or null. Whom the host does not know is signed out.
 * @param isUsed a person asks
 */
export async function signedIn(
  { signIns, signIn, identities }: Parts,
  request: IncomingMessage,
  isUsed: boolean,
): Promise<User | null> {
  const token = tokenOf(request);
  if (token === null) return null;
  const userId = await signIns.find(token, { idleMs: signIn.idleMs, isUsed });
  if (userId === null) return null;
  const found = await signIn.find(userId);
  // For good: a person who is known again has not come back by an old cookie.
  if (!found) await signIns.end(token);
  return identities.check(found, 'signIn.find()');
}

/** What pages of the panel ask by themselves, again and again. */
const polled = /^\/api\/(dashboard|resources\/[^/]+\/actions\/(live|liveRows|history))\/?(\?|$)/;

/** Whether a person sent it, and not a page that stands open. */
export function isUse({ url = '' }: IncomingMessage): boolean {
  return !polled.test(url);
}
