/** With which name and key an attempt signs in. */

import type { JobRecord, User } from '../protocol/records.js';
import {
  nameNotAllowed,
  nameOn,
  ownerNotKnown,
  ownerNow,
  ownKeyName,
  requireOwnKey,
} from '../domain/app-key.js';
import { ValidationError } from '../errors.js';
import type { Internals } from '../internals.js';
import type { ServerModel } from '../models/model-types.js';
import type { SubmitOptions } from '../remote-submission-types.js';
import type { Credential } from '../transports/session.js';

/** `credential` null: the app's own key. */
export interface Choice {
  username: string;
  credential: Credential | null;
}

/** Which job signs in on which server, and what the submit says of it. */
interface SignInRequest {
  job: Pick<JobRecord, 'owner' | 'ownerUsername'>;
  server: ServerModel;
  given: SubmitOptions;
}

/** @throws ForbiddenError `username_not_allowed`, DrsError `credentials_missing` */
export async function chooseCredential(internals: Internals, request: SignInRequest): Promise<Choice> {
  const { options, resolveUser } = internals;
  const { job, server, given } = request;
  const credential = ownCredential(given);
  if (credential === null) requireOwnKey(options);
  const owner = await ownerNow({ resolveUser }, job, given.as);
  if (credential !== null) return { username: namedWith(internals, request, owner), credential };
  if (owner === null) throw ownerNotKnown(job, resolveUser !== null);
  const on = server.get({ plain: true });
  return { username: ownKeyName(options, { user: owner, server: on, username: given.username }), credential };
}

/** The name that a password or key of its own signs in with: any, unless the server wants that of the owner. */
function namedWith(
  { options, resolveUser }: Internals,
  { job, server, given }: SignInRequest,
  owner: User | null,
): string {
  const username = given.username ?? owner?.username ?? job.ownerUsername;
  if (server.usernames !== 'own') return username;
  const before = resolveUser ? null : { id: job.owner, username: job.ownerUsername };
  const own = owner ?? before;
  const isOwn =
    own !== null && [own.username, nameOn(options, own, server.get({ plain: true }))].includes(username);
  if (isOwn) return username;
  throw nameNotAllowed(
    `On "${server.title}" a job signs in only as its owner${own ? `, ${own.username}` : ', whom the application does not know any more'}: not as ${username}.`,
  );
}

/** A key or an agent, a password, or both: some servers ask for both. */
function ownCredential({ password, privateKey, passphrase, agent }: SubmitOptions): Credential | null {
  if (privateKey && agent) {
    throw new ValidationError([{ path: 'agent', message: 'give one of privateKey, agent, not both' }]);
  }
  const given = Object.entries({ password, privateKey, agent }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  if (given.length === 0) return null;
  return { ...Object.fromEntries(given), ...(privateKey && passphrase ? { passphrase } : {}) };
}
