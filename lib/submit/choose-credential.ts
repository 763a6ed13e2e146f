/** With which name and key an attempt signs in. */

import type { JobRecord } from '../protocol/records.js';
import { ownKeyName, requireOwnKey } from '../domain/app-key.js';
import { NotFoundError, ValidationError } from '../errors.js';
import type { Internals } from '../internals.js';
import type { SubmitOptions } from '../remote-submission-types.js';
import type { Credential } from '../transports/session.js';

/** `credential` null: the app's own key. */
export interface Choice {
  username: string;
  credential: Credential | null;
}

/** @throws ForbiddenError `username_not_allowed`, DrsError `credentials_missing` */
export async function chooseCredential(
  internals: Internals,
  job: Pick<JobRecord, 'owner' | 'ownerUsername' | 'serverId'>,
  given: SubmitOptions,
): Promise<Choice> {
  const { options, models } = internals;
  const credential = ownCredential(given);
  if (credential !== null) return { username: given.username ?? job.ownerUsername, credential };
  requireOwnKey(options);
  const server = await models.Server.findByPk(job.serverId);
  if (!server) throw new NotFoundError(`Server ${job.serverId}`);
  const user = { id: job.owner, username: job.ownerUsername };
  const { username } = given;
  return {
    username: ownKeyName(options, { user, server: server.get({ plain: true }), username }),
    credential: null,
  };
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
