/** Finds what the `:id` of a path names. */

import { NotFoundError } from '../errors.js';
import type { Models } from '../models/model-types.js';
import { withoutProgram } from '../domain/find-records.js';
import type { LoadTarget } from './route.js';
import { maxInteger } from '../protocol/max-integer.js';

export type Interpreter = InstanceType<Models['Interpreter']>;
export type Server = InstanceType<Models['Server']>;
export type Job = InstanceType<Models['Job']>;
export type Result = InstanceType<Models['Result']>;

export const loadInterpreter: LoadTarget<Interpreter> = async (models, id) => {
  const what = `Interpreter ${shown(id)}`;
  const target = found(await byId(id, (key) => models.Interpreter.findByPk(key)), what);
  return { target, record: target, what };
};

export const loadServer: LoadTarget<Server> = async (models, id) => {
  const what = `Server ${shown(id)}`;
  const target = found(await byId(id, (key) => models.Server.findByPk(key)), what);
  return { target, record: target, what };
};

/** Without its program, which may be large: most who ask for a job's log or files do not need it. */
export const loadJob: LoadTarget<Job> = async (models, id) => {
  const what = `Job ${shown(id)}`;
  const target = found(await byId(id, (key) => models.Job.findByPk(key, withoutProgram)), what);
  return { target, record: target, what };
};

/** A result belongs to a job, and rights are asked about the job. */
export const loadResult: LoadTarget<Result> = async (models, id) => {
  const what = `Result ${shown(id)}`;
  const target = found(await byId(id, (key) => models.Result.findByPk(key), Number.MAX_SAFE_INTEGER), what);
  const record = found(await models.Job.findByPk(target.jobId, withoutProgram), what);
  return { target, record, what };
};

async function byId<Row>(
  id: string | undefined,
  find: (id: number) => Promise<Row | null>,
  highest = maxInteger,
): Promise<Row | null> {
  const isId = id !== undefined && /^[1-9][0-9]{0,14}$/.test(id) && Number(id) <= highest;
  return isId ? find(Number(id)) : null;
}

function found<Row>(row: Row | null, what: string): Row {
  if (row === null) throw new NotFoundError(what);
  return row;
}

/** An id as it may stand in a message. */
function shown(id: string | undefined): string {
  return (id ?? '').slice(0, 40);
}
