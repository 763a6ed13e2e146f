/** How the functions of this room are called: for whom, in whose name, and in which transaction. */

import type { Sequelize, Transaction } from 'sequelize';
import type { Access, AccessRecord, Action } from '../access.js';
import { requireCallOptions } from '../check-input.js';
import { actorOf, type Actor } from '../protocol/audit.js';
import type { User } from '../protocol/records.js';
import { ValidationError } from '../errors.js';

/** For whom something is done. */
export interface DoneFor {
  /** The rights of this user are checked. Host code without it is trusted; given, but nobody, is `unauthenticated`. */
  as?: User;
  /** Who the audit names where nobody is named with `as`. Default `system`. */
  by?: string;
}

/** For whom, and in which transaction, something is done. */
export interface CallOptions extends DoneFor {
  /**
   * A transaction of the Sequelize instance that the option `sequelize` gave. All of it happens in there, one call after
   * another, and what others are told waits for its commit. When the call is refused, nothing was changed in it.
   */
  transaction?: Transaction;
}

/** Options of a call that were checked. */
export interface Call {
  /** Undefined: host code, which is trusted. */
  readonly as: User | undefined;
  /** Who the audit names. */
  readonly actor: Actor;
  readonly transaction: Transaction | undefined;
}

/** @throws ValidationError that lists every problem, UnauthenticatedError when `as` is there and nobody is */
export function readCall(sequelize: Sequelize, options: CallOptions): Call {
  requireCallOptions(options);
  const { as, by, transaction } = options;
  const { sequelize: owner = sequelize } = (transaction ?? {}) as { sequelize?: Sequelize };
  if (owner !== sequelize) {
    const message = 'is of another Sequelize instance: give that one as the option `sequelize`';
    throw new ValidationError([{ path: 'transaction', message }]);
  }
  return { as, actor: actorOf(as, by), transaction: transaction ?? undefined };
}

/** Whether the caller may do this; host code without `as` may. */
export async function isAllowed(
  access: Access,
  { as }: Pick<Call, 'as'>,
  { action, record }: { action: Action; record: AccessRecord },
): Promise<boolean> {
  return as === undefined || access.isAllowed(as, action, record);
}

/** Makes sure that the caller may make a record. @throws ForbiddenError */
export async function requireMayCreate(access: Access, { as }: Call, action: Action): Promise<void> {
  if (as) await access.require(as, action, { record: null, what: 'this' });
}
