/** What is wrong with a record, as Sequelize says it. */

import type { Model, Sequelize } from 'sequelize';

/** As Sequelize's own validation throws it, so that a host and its panel treat it alike. */
export function modelError(
  sequelize: Sequelize,
  record: Model,
  { path, message }: { path: string; message: string },
): Error {
  const { ValidationError, ValidationErrorItem } = sequelize.constructor as typeof Sequelize & {
    ValidationError: new (message: string, items: readonly object[]) => Error;
    ValidationErrorItem: new (...parts: unknown[]) => object;
  };
  const value: unknown = record.get(path);
  const item = new ValidationErrorItem(message, 'Validation error', path, value, record, 'rule', 'rule', []);
  return new ValidationError(`Validation error: ${message}`, [item]);
}
