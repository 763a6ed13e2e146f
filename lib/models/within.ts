/** Changes of models that need a transaction, whether or not the host gave one. */

import { Transaction, type Sequelize } from 'sequelize';

/** In the transaction that was asked for, also by the host's CLS, or in one of its own. */
export function within<Value>(
  sequelize: Sequelize,
  options: { transaction?: Transaction | null | undefined },
  change: (transaction: Transaction) => Promise<Value>,
): Promise<Value> {
  const { _cls: cls } = sequelize.constructor as { _cls?: { get(name: string): Transaction | undefined } };
  const current = options.transaction === undefined ? cls?.get('transaction') : options.transaction;
  // A stricter level would not see what was submitted while it waited for the lock.
  const isolationLevel = Transaction.ISOLATION_LEVELS.READ_COMMITTED;
  return current ? change(current) : sequelize.transaction({ isolationLevel }, change);
}
