/** Who may see and do what: one place that every entry point asks (REST, live viewing, panel, command, host code). */

import { ForbiddenError, NotFoundError, UnauthenticatedError } from './errors.js';
import type { InterpreterRecord, JobRecord, ServerRecord, ServerRights, User } from './protocol/records.js';

export const actions = [
  'job:read',
  'job:create',
  'job:update',
  'job:delete',
  'job:submit',
  'job:copy',
  'job:cancel',
  'job:requeue',
  'log:read',
  'result:read',
  'server:read',
  'server:use',
  'server:create',
  'server:update',
  'server:delete',
  'server:keys',
  'interpreter:read',
  'interpreter:use',
  'interpreter:create',
  'interpreter:update',
  'interpreter:delete',
  'panel:enter',
] as const;

/** What somebody wants to do. */
export type Action = (typeof actions)[number];

/** What it is done to: the job for `job:*`, `log:read` and `result:read`; null where there is no record yet. */
export type AccessRecord =
  Partial<JobRecord> | Partial<ServerRecord & ServerRights> | Partial<InterpreterRecord> | null;

/**
 * Decides whether a person may do something. It is called by every entry point, for every record.
 *
 * @param user null: nobody is signed in
 * @param record null where there is none yet
 * @returns true when it is allowed
 */
export type Authorize = (
  user: User | null,
  action: Action,
  record: AccessRecord,
) => boolean | Promise<boolean>;

export interface Access {
  /** True when the default rules are in force, so that lists may filter by owner in the database. */
  readonly isDefault: boolean;
  isAllowed: Authorize;
  /** @throws UnauthenticatedError | NotFoundError (may not see it) | ForbiddenError (may see it, may not do it) */
  require(user: User | null, action: Action, target: { record: AccessRecord; what: string }): Promise<User>;
}

/** What everyone signed in may do. */
const everyones: readonly Action[] = ['job:create', 'server:read', 'interpreter:read', 'interpreter:use'];

/**
 * Owners see and act on their own jobs (to queue one again is for administrators); everyone signed in reads and uses
 * servers, as far as their `allowedUsers` say, and interpreters; administrators do all.
 *
 * @param user null: nobody is signed in
 * @param action what is to be done, as in `job:submit`
 * @param record what it is done to; null where there is none yet
 * @returns true when it is allowed
 * @example
 * const authorize: Authorize = (user, action, record) =>
 *   defaultAuthorize(user, action, record) || (action === 'job:read' && isColleague(user, record));
 */
export function defaultAuthorize(user: User | null, action: Action, record: AccessRecord): boolean {
  if (!user) return false;
  if (user.isAdmin === true) return true;
  if (action === 'job:requeue') return false;
  if (everyones.includes(action)) return true;
  if (action === 'server:use') return isAmongAllowed(user, record);
  const [subject] = action.split(':');
  if (subject !== 'job' && subject !== 'log' && subject !== 'result') return false;
  return record !== null && 'owner' in record && record.owner === String(user.id);
}

function isAmongAllowed(user: User, record: AccessRecord): boolean {
  const allowedUsers = record !== null && 'allowedUsers' in record ? record.allowedUsers : null;
  return !allowedUsers || allowedUsers.includes(String(user.id));
}

/** Wraps the host's rules, or the default ones, for use by every entry point. Who may not read something may not use it. */
export function createAccess(authorize: Authorize = defaultAuthorize): Access {
  const isAllowed: Authorize = async (user, action, record) =>
    (!action.endsWith(':use') || (await authorize(user, readOf(action), record))) &&
    (await authorize(user, action, record));
  return {
    isDefault: authorize === defaultAuthorize,
    isAllowed,
    async require(user, action, { record, what }) {
      if (!user) throw new UnauthenticatedError();
      if (await isAllowed(user, action, record)) return user;
      const read = readOf(action);
      const isVisible = record !== null && read !== action && (await isAllowed(user, read, record));
      if (record !== null && !isVisible) throw new NotFoundError(what);
      throw new ForbiddenError(`You may not do this (${action}) to ${what}.`);
    },
  };
}

/** As in `server:read` for `server:use`. */
function readOf(action: Action): Action {
  return action.replace(/:.*/, ':read') as Action;
}
