/** The owner of a job and the name of the owner change together: whichever way its record is changed. */

import type { ModelStatic, SaveOptions, Sequelize, UpdateOptions, UpsertOptions } from 'sequelize';
import { halfOwner, type Owner } from '../protocol/owner.js';
import { modelError } from './model-error.js';
import type { JobInput, JobModel, Models } from './model-types.js';

type Values = Partial<Record<string, unknown>>;

/**
 * Makes `save`, `update` and `upsert` of jobs refuse the one without the other, as Sequelize's own validation does. One that
 * is given and stays as it is counts as given, which no hook could tell.
 */
export function keepOwners({ Job }: Models, sequelize: Sequelize): void {
  const given = rememberGiven(Job);
  const refuseHalf = (job: JobModel, isGiven: (name: keyof Owner) => boolean): void => {
    const problem = halfOwner(isGiven);
    if (problem) throw modelError(sequelize, job, problem);
  };
  const refuseHalfOf = (values: Values, { fields }: { fields?: unknown[] } = {}): void => {
    const isGiven = (name: keyof Owner) => values[name] !== undefined && isAmong(fields, name);
    refuseHalf(Job.build(values as unknown as JobInput), isGiven);
  };
  const { save } = Job.prototype;
  Job.prototype.save = async function (this: JobModel, options: SaveOptions = {}) {
    const isWritten = (name: keyof Owner) => this.changed(name) && isAmong(options.fields, name);
    const isKept = (name: keyof Owner) => !this.changed(name) && given.has(this, name);
    const isNamed = (name: keyof Owner) => options.fields?.includes(name) === true;
    if (!this.isNewRecord && (isWritten('owner') || isWritten('ownerUsername'))) {
      refuseHalf(this, (name) => isWritten(name) || isKept(name) || isNamed(name));
    }
    const saved = (await save.call(this, options)) as JobModel;
    given.forget(this);
    return saved;
  } as typeof save;
  const update = Job.update.bind(Job) as (...parts: unknown[]) => Promise<unknown>;
  Job.update = async function (values: Values, options?: UpdateOptions) {
    refuseHalfOf(values, options);
    return update(values, options);
  } as unknown as ModelStatic<JobModel>['update'];
  const upsert = Job.upsert.bind(Job) as (...parts: unknown[]) => Promise<unknown>;
  Job.upsert = async function (values: Values, options?: UpsertOptions) {
    refuseHalfOf(values, options);
    return upsert(values, options);
  } as unknown as ModelStatic<JobModel>['upsert'];
}

function isAmong(fields: readonly unknown[] | undefined, name: string): boolean {
  return !fields || fields.includes(name);
}

/** What was set on a record since it was read or saved, whether or not that changed it. */
function rememberGiven(Job: ModelStatic<JobModel>) {
  const names = new WeakMap<JobModel, Set<string>>();
  const { setDataValue, reload } = Job.prototype;
  Job.prototype.setDataValue = function (this: JobModel, name: never, value: never) {
    const known = names.get(this) ?? new Set();
    names.set(this, known.add(name));
    setDataValue.call(this, name, value);
  } as typeof setDataValue;
  Job.prototype.reload = function (this: JobModel, options) {
    names.delete(this);
    return reload.call(this, options);
  } as typeof reload;
  return {
    has: (job: JobModel, name: string): boolean => names.get(job)?.has(name) === true,
    forget: (job: JobModel): void => void names.delete(job),
  };
}
