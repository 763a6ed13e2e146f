/** How a change of records passes the guards of their model. */

import type { FindOptions, Model, ModelStatic, Sequelize, Transaction } from 'sequelize';
import { within } from './within.js';

/** Looks at changes of records, in the transaction of the change. */
export interface Guard<M extends Model> {
  /** It looks at changes of these alone. */
  readonly fields: readonly (keyof M & string)[];
  /** Whether it looks at this one: new, or with the new values set. @param isWritten false for fields that are left out */
  concerns(record: M, isWritten: (field: string) => boolean): boolean;
  /** Takes locks that come before those of the rows. @param values what is given, for one record or for many */
  lockFirst?(values: readonly Partial<M>[], transaction: Transaction): Promise<void>;
  /** As the records are to be. */
  before?(records: readonly M[], transaction: Transaction): Promise<void>;
  /** As they were written. @param options of whoever changes them */
  after?(records: readonly M[], transaction: Transaction, options: object): Promise<void>;
}

/** What is guarded, on the host's own Sequelize. */
export interface Guarded<M extends Model> {
  model: ModelStatic<M>;
  sequelize: Sequelize;
  guards: readonly Guard<M>[];
}

/** One way to change records. */
export interface Change<M extends Model, Answer> {
  options: { transaction?: Transaction | null | undefined };
  values: readonly Partial<M>[];
  isWritten(field: string): boolean;
  /** The records as they are to be, locked where they are there already. */
  plan(transaction: Transaction): Promise<M[]>;
  write(transaction: Transaction): Promise<Answer>;
  /** Those of the plan, in its order. Default: the plan. */
  written?(answer: Answer): readonly M[];
}

/** In one transaction: first the guards' own locks, then the rows', then what is asked before and done after. */
export function carryOut<M extends Model, Answer>(
  { sequelize, guards }: Guarded<M>,
  { options, values, isWritten, plan, write, written }: Change<M, Answer>,
): Promise<Answer> {
  return within(sequelize, options, async (transaction) => {
    for (const guard of guards) await guard.lockFirst?.(values, transaction);
    const planned = await plan(transaction);
    // Once written, a record does not say any more what of it changed.
    const looks = guards.map((guard) => ({
      guard,
      which: planned.map((record) => guard.concerns(record, isWritten)),
    }));
    const of = (records: readonly M[], which: boolean[]): M[] => records.filter((_record, at) => which[at]);
    for (const { guard, which } of looks)
      if (which.includes(true)) await guard.before?.(of(planned, which), transaction);
    const answer = await write(transaction);
    const done = written?.(answer) ?? planned;
    for (const { guard, which } of looks)
      if (which.includes(true)) await guard.after?.(of(done, which), transaction, options);
    return answer;
  });
}

/** Locked until the change is committed. */
export function lockAll<M extends Model>(
  { model }: Guarded<M>,
  { where = {} }: Pick<FindOptions, 'where'>,
  transaction: Transaction,
): Promise<M[]> {
  return model.findAll({ where, transaction, lock: transaction.LOCK.NO_KEY_UPDATE });
}

/** The row that is there already, with new values, or a new one. */
export async function mergedRow<M extends Model>(
  { model }: Guarded<M>,
  { values, changed }: { values: Partial<M>; changed?: readonly PropertyKey[] },
  transaction: Transaction,
): Promise<M> {
  const made = model.build(values as never);
  const id = made.get(model.primaryKeyAttribute) as number | null | undefined;
  const lock = transaction.LOCK.NO_KEY_UPDATE;
  const row = id === null || id === undefined ? null : await model.findByPk(id, { transaction, lock });
  if (!row) return made;
  for (const name of (changed ?? Object.keys(values)) as (keyof M & string)[])
    row.set(name, made.get(name) as never);
  return row;
}

/** Whether a field is among these, or all are meant. */
export const among =
  (fields: readonly PropertyKey[] | undefined) =>
  (field: string): boolean =>
    !fields || fields.includes(field);

/** A guard looks at one of these fields. */
export function isGuarded<M extends Model>({ guards }: Guarded<M>, names: readonly PropertyKey[]): boolean {
  return guards.some(({ fields }) => fields.some((field) => names.includes(field)));
}
