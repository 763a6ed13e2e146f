/** Finds records by their ids, for those who may do something to them. */

import type { Transaction } from 'sequelize';
import type { Access, AccessRecord, Action } from '../access.js';
import type { User } from '../protocol/records.js';
import { NotFoundError } from '../errors.js';
import type { JobModel, Models, ServerModel } from '../models/model-types.js';
import { maxInteger } from '../protocol/max-integer.js';
import type { Call } from './call.js';

/** How a job is read where its program is not needed: that may have megabytes. */
export const withoutProgram = { attributes: { exclude: ['program'] } };

/** How a row is found. */
interface Lookup<Row> {
  id: number;
  /** Its kind in an error, as in `Job`. */
  what: string;
  /** Reads it. */
  find: (id: number) => Promise<Row | null>;
  /** The largest id that its column holds. Default that of an `integer`. */
  highestId?: number;
}

/** The row with this id. @throws NotFoundError, also for what can be no id */
export async function findRow<Row>({ id, what, find, highestId = maxInteger }: Lookup<Row>): Promise<Row> {
  const row = Number.isInteger(id) && id >= 1 && id <= highestId ? await find(id) : null;
  if (row === null) throw new NotFoundError(named(what, id));
  return row;
}

/**
 * The record with this id, which the caller may do this to.
 * @throws NotFoundError (also for what may not be seen), ForbiddenError
 */
export async function findRecord<Row extends NonNullable<AccessRecord>>(
  { access, call }: { access: Access; call: Pick<Call, 'as'> },
  { action, ...lookup }: Lookup<Row> & { action: Action },
): Promise<Row> {
  const record = await findRow(lookup);
  if (call.as) await access.require(call.as, action, { record, what: named(lookup.what, lookup.id) });
  return record;
}

/**
 * A job without its program, which `as` may do this to; host code without `as` may.
 * @throws NotFoundError (also for what may not be seen), ForbiddenError
 */
export function findJobFor(
  { models, access }: { models: Pick<Models, 'Job'>; access: Access },
  { id, action, as }: { id: number; action: Action; as: User | undefined },
): Promise<JobModel> {
  const find = (key: number) => models.Job.findByPk(key, withoutProgram);
  return findRecord({ access, call: { as } }, { id, action, what: 'Job', find });
}

/** Where servers are found, and who may do what to them. */
export interface ServerLookup {
  models: Pick<Models, 'Server'>;
  access: Access;
}

/** @throws NotFoundError; with `as` also ForbiddenError, when it may be seen, but its keys are not this user's business */
export function findServerForKeys(
  { models, access }: ServerLookup,
  id: number,
  call: { as: User | undefined; transaction?: Transaction | undefined },
): Promise<ServerModel> {
  const { transaction = null } = call;
  return findRecord(
    { access, call },
    {
      ...{ id, action: 'server:keys', what: 'Server' },
      // null keeps a host's CLS transaction out.
      find: (key) => models.Server.findByPk(key, { transaction }),
    },
  );
}

function named(what: string, id: unknown): string {
  return `${what} ${String(id).slice(0, 40)}`;
}
