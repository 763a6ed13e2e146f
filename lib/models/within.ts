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
  return current ? change(current) : readCommitted(sequelize, change);
}

/** In a transaction of its own. A stricter level would not see what others committed while it waited for a lock. */
export function readCommitted<Value>(
  sequelize: Sequelize,
  change: (transaction: Transaction) => Promise<Value>,
): Promise<Value> {
  return sequelize.transaction({ isolationLevel: Transaction.ISOLATION_LEVELS.READ_COMMITTED }, change);
}
