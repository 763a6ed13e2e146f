/** With which name and key an attempt signs in. */

import type { JobRecord } from '../core/records.js';
import { DrsError, ForbiddenError, NotFoundError, ValidationError } from '../errors.js';
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
  if (options.identity === null) {
    throw new DrsError(
      'credentials_missing',
      'Give a password or a private key: this application has no SSH key of its own (the option `identity`).',
      { status: 400 },
    );
  }
  const server = await models.Server.findByPk(job.serverId);
  if (!server) throw new NotFoundError(`Server ${job.serverId}`);
  const allowed = options.mapUsername(
    { id: job.owner, username: job.ownerUsername },
    server.get({ plain: true }),
  );
  if (given.username !== undefined && given.username !== allowed) {
    throw new ForbiddenError(
      `The application's own key signs in only as ${allowed}: give a password or a key of ${given.username}.`,
      'username_not_allowed',
    );
  }
  return { username: allowed, credential: null };
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
