/** Lets every way to change records of a model pass its guards. */

import type {
  BulkCreateOptions,
  DestroyOptions,
  IncrementDecrementOptionsWithBy,
  InstanceDestroyOptions,
  Model,
  SaveOptions,
  Transaction,
  UpdateOptions,
  UpsertOptions,
} from 'sequelize';
import { among, carryOut, isGuarded, lockAll, mergedRow, type Guarded } from './guards.js';
import { within } from './within.js';

/** Looks at records that are to be deleted, in the transaction of the deletion. */
export type DeletionGuard<M extends Model> = (
  records: readonly M[],
  transaction: Transaction,
) => Promise<void>;

/**
 * Makes every way to change records pass the guards. Not hooks: those of a change without a transaction come before it and
 * after its commit, and others could slip in between.
 */
export function guardChanges<M extends Model>(guarded: Guarded<M>): void {
  guardSave(guarded);
  guardUpdate(guarded);
  guardIncrement(guarded);
  guardUpsert(guarded);
  guardBulkCreate(guarded);
}

/** The same for deletions. */
export function guardDeletions<M extends Model>(
  { model, sequelize }: Omit<Guarded<M>, 'guards'>,
  guard: DeletionGuard<M>,
): void {
  const { destroy } = model.prototype as M;
  model.prototype.destroy = function (this: M, options: InstanceDestroyOptions = {}) {
    return within(sequelize, options, async (transaction) => {
      await guard([this], transaction);
      return destroy.call(this, { ...options, transaction });
    });
  };
  const destroyAll = model.destroy.bind(model);
  model.destroy = function (options: DestroyOptions = {}) {
    // Without `where`, Sequelize says what is missing.
    if (!options.where) return destroyAll(options);
    return within(sequelize, options, async (transaction) => {
      await guard(await model.findAll({ where: options.where, transaction }), transaction);
      return destroyAll({ ...options, transaction });
    });
  };
}

function guardSave<M extends Model>(guarded: Guarded<M>): void {
  const { guards, model } = guarded;
  const save = model.prototype.save as (options: SaveOptions) => Promise<M>;
  model.prototype.save = function (this: M, options: SaveOptions = {}) {
    const isWritten = among(options.fields);
    if (!guards.some((guard) => guard.concerns(this, isWritten))) return save.call(this, options);
    return carryOut(guarded, {
      ...{ options, isWritten, values: [this] },
      plan: async () => [this],
      write: (transaction) => save.call(this, { ...options, transaction }),
    });
  } as M['save'];
}

function guardUpdate<M extends Model>(guarded: Guarded<M>): void {
  const { model } = guarded;
  const update = model.update.bind(model) as (values: object, options: UpdateOptions) => Promise<unknown>;
  model.update = function (values: Partial<M>, options: UpdateOptions) {
    if (!isGuarded(guarded, Object.keys(values))) return update(values, options);
    return carryOut(guarded, {
      ...{ options, isWritten: among(options.fields), values: [values] },
      plan: async (transaction) =>
        (await lockAll(guarded, options, transaction)).map((row) => row.set(values)),
      write: (transaction) => update(values, { ...options, transaction }),
    });
  } as unknown as typeof model.update;
}

type Counting = IncrementDecrementOptionsWithBy & { increment?: boolean };

/** `decrement` passes here, too. */
function guardIncrement<M extends Model>(guarded: Guarded<M>): void {
  const { model } = guarded;
  const increment = model.increment.bind(model) as (fields: unknown, options: Counting) => Promise<unknown>;
  model.increment = function (given: string | string[] | Record<string, number>, options: Counting) {
    const { by = 1, increment: isUp = true } = options;
    const steps: Record<string, number> =
      typeof given === 'object' && !Array.isArray(given)
        ? given
        : Object.fromEntries([given].flat().map((field) => [field, by]));
    if (!isGuarded(guarded, Object.keys(steps))) return increment(given, options);
    const counted = (row: M): M => {
      for (const [field, step] of Object.entries(steps))
        row.set(field as keyof M, (Number(row.get(field)) + (isUp ? step : -step)) as never);
      return row;
    };
    return carryOut(guarded, {
      ...{ options, isWritten: () => true, values: [steps as Partial<M>] },
      plan: async (transaction) => (await lockAll(guarded, options, transaction)).map(counted),
      write: (transaction) => increment(given, { ...options, transaction }),
    });
  } as unknown as typeof model.increment;
}

function guardUpsert<M extends Model>(guarded: Guarded<M>): void {
  const { model } = guarded;
  const upsert = model.upsert.bind(model) as (
    values: object,
    options: UpsertOptions,
  ) => Promise<[M, boolean | null]>;
  model.upsert = function (values: Partial<M>, options: UpsertOptions = {}) {
    if (!isGuarded(guarded, Object.keys(values))) return upsert(values, options);
    return carryOut(guarded, {
      ...{ options, isWritten: among(options.fields), values: [values] },
      plan: async (transaction) => [await mergedRow(guarded, { values }, transaction)],
      write: (transaction) => upsert(values, { ...options, transaction }),
      written: ([record]) => [record],
    });
  } as unknown as typeof model.upsert;
}

function guardBulkCreate<M extends Model>(guarded: Guarded<M>): void {
  const { guards, model } = guarded;
  const create = model.bulkCreate.bind(model) as (rows: unknown, options: BulkCreateOptions) => Promise<M[]>;
  model.bulkCreate = function (rows: readonly Partial<M>[], options: BulkCreateOptions = {}) {
    const { updateOnDuplicate: changed } = options;
    if (!changed || !isGuarded(guarded, [...changed, ...rows.flatMap((row) => Object.keys(row))]))
      return create(rows, options);
    return carryOut(guarded, {
      ...{ options, isWritten: () => true, values: rows },
      async plan(transaction) {
        const merged: M[] = [];
        for (const values of rows) merged.push(await mergedRow(guarded, { values, changed }, transaction));
        return merged;
      },
      write: (transaction) => create(rows, { ...options, transaction }),
      written: (records) => records,
    });
  } as unknown as typeof model.bulkCreate;
  // What is only made is saved one by one.
  model.addHook('beforeBulkCreate', (records, options) => {
    if (options.updateOnDuplicate) return;
    if (records.some((record) => guards.some((guard) => guard.concerns(record as M, () => true))))
      options.individualHooks = true;
  });
}
