/**
 * Rights are asked about a row as it was read, and whoever answers may take their time. So the answer holds for that row
 * alone: a change locks it first, and begins anew where it is another one by then. Nothing is locked while rights are asked.
 */

import { isDeepStrictEqual } from 'node:util';
import type { FindOptions, Model, ModelStatic, Transaction } from 'sequelize';
import { ConflictError, NotFoundError } from '../errors.js';

/** As many may change one record at the same moment, and each of them gets through. */
const mostRounds = 50;

/**
 * Does something from the reading on: reads, asks for rights, checks, locks with the functions below, changes; and the whole
 * again while a row that was read is another one when it is locked.
 * @throws ConflictError `changed_meanwhile` when others do not stop changing it, and what `round` throws
 */
export async function untilUnchanged<Value>(round: () => Promise<Value>): Promise<Value> {
  for (let left = mostRounds - 1; ; left -= 1) {
    try {
      return await round();
    } catch (error) {
      if (left === 0 || !(error instanceof ChangedMeanwhile)) throw error;
    }
  }
}

class ChangedMeanwhile extends ConflictError {
  constructor(what: string) {
    const message = `${what} was changed by others again and again while this was asked for. Look at it, and try again.`;
    super('changed_meanwhile', message);
  }
}

/** How a row is locked: to be looked at, changed, or deleted. */
export type Strength = 'SHARE' | 'NO_KEY_UPDATE' | 'UPDATE';

/**
 * The row, which nobody else changes until the end of the transaction.
 * @param lookup `what`: its kind in an error, as in `Job`; `attributes`: default all
 * @throws NotFoundError where it is gone; where it is another one than was read, what `untilUnchanged` waits for
 */
export async function lockUnchanged<Row extends Model & { id: number }>(
  seen: Row,
  { what, strength, attributes }: { what: string; strength: Strength } & Pick<FindOptions, 'attributes'>,
  transaction: Transaction,
): Promise<Row> {
  const model = seen.constructor as ModelStatic<Row>;
  const row = await model.findByPk(seen.id, { attributes, transaction, lock: transaction.LOCK[strength] });
  return requireUnchanged({ seen, row, what: `${what} ${seen.id}` });
}

/** Rows that something else depends on, by their kinds. */
export type SeenRows = readonly { what: string; seen: Model & { id: number } }[];

/** Holds rows as they were read, in the order that is given, until the end of the transaction. @throws as `lockUnchanged` */
export async function holdUnchanged(rows: SeenRows, transaction: Transaction): Promise<void> {
  for (const { what, seen } of rows) {
    const model = seen.constructor as ModelStatic<Model>;
    const attributes = namesOf(seen);
    const row = await model.findByPk(seen.id, { attributes, transaction, lock: transaction.LOCK.SHARE });
    requireUnchanged({ seen, row, what: `${what} ${seen.id}` });
  }
}

function requireUnchanged<Row extends Model>({
  seen,
  row,
  what,
}: {
  seen: Row;
  row: Row | null;
  what: string;
}): Row {
  if (row === null) throw new NotFoundError(what);
  const isSame = namesOf(seen).every((name) => isDeepStrictEqual(row.get(name), seen.get(name)));
  if (!isSame) throw new ChangedMeanwhile(what);
  return row;
}

/** What was read of it. */
function namesOf(seen: Model): string[] {
  const { rawAttributes } = seen.constructor as ModelStatic<Model>;
  return Object.keys(rawAttributes).filter((name) => Object.hasOwn(seen.dataValues as object, name));
}
