/** Changes of the database: all or nothing, and told only when they are there for everybody. */

import type { Sequelize, Transaction } from 'sequelize';
import { fromModelError } from '../models/validation.js';
import { readCommitted } from '../models/within.js';

/**
 * Runs a change in the caller's transaction, or in one of its own.
 * @throws ValidationError | ConflictError `in_use`, `already_exists` for what the rules of the database refuse
 */
export async function inTransaction<Value>(
  sequelize: Sequelize,
  given: Transaction | undefined,
  change: (transaction: Transaction) => Promise<Value>,
): Promise<Value> {
  try {
    return await (given ? change(given) : readCommitted(sequelize, change));
  } catch (error) {
    throw fromModelError(error) as Error;
  }
}

/** The same for a change that may be refused after it began: a caller's transaction goes back to where it was. */
export function inSavepoint<Value>(
  sequelize: Sequelize,
  given: Transaction | undefined,
  change: (transaction: Transaction) => Promise<Value>,
): Promise<Value> {
  if (!given) return inTransaction(sequelize, given, change);
  return inTransaction(sequelize, given, (transaction) => sequelize.transaction({ transaction }, change));
}

/** Does it when the outermost transaction is committed: a savepoint's own commit shows nothing to others. */
export function afterCommit(transaction: Transaction, tell: () => void | Promise<void>): void {
  const { parent } = transaction as { parent?: Transaction | null };
  transaction.afterCommit(() => (parent ? afterCommit(parent, tell) : tell()));
}
