/** Who may run programs on the machine of the worker, and sign in with what is there. */

import type { User } from '../protocol/records.js';
import { ForbiddenError } from '../errors.js';

/**
 * A run on this machine and an agent's socket are powers over the machine of the worker: where the rights of a user are
 * asked, they are for administrators, and only with the option `allowLocal`. Host code without `as` is trusted.
 * @throws ForbiddenError `local_not_allowed`
 */
export function requireLocalAllowed(
  { allowLocal }: { allowLocal: boolean },
  { as, remote, agent }: { as?: User; remote?: boolean; agent?: string },
): void {
  if (as === undefined || (remote !== false && agent === undefined)) return;
  if (allowLocal && as.isAdmin === true) return;
  const message =
    '`agent` and `remote: false`, also where it is taken over from the last attempt, are for administrators, where the option allowLocal is on.';
  throw new ForbiddenError(message, 'local_not_allowed');
}
