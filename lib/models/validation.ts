/** Sequelize's errors as ours. */

import { ConflictError, ValidationError, type Problem } from '../errors.js';

/** The parts of Sequelize's errors that are used; matched by name, since a host may have another copy of Sequelize. */
interface ModelError {
  name?: string;
  sql?: string;
  errors?: { path?: string | null; message: string; type?: string | null }[];
  parent?: { code?: string; constraint?: string };
}

const foreignKeyViolation = '23503';
/** From PostgreSQL 18 on, what ON DELETE RESTRICT refuses has a code of its own. */
const restrictViolation = '23001';

/** A constraint's own column: what it refers to, and the property. */
const references: Record<string, { noun: string; path: string; users: string }> = {
  drs_jobs_server_id_fkey: { noun: 'server', path: 'serverId', users: 'jobs' },
  drs_jobs_interpreter_id_fkey: { noun: 'interpreter', path: 'interpreterId', users: 'jobs' },
  drs_servers_proxy_jump_fkey: {
    noun: 'server',
    path: 'proxyJump',
    users: 'servers that are reached through it',
  },
  drs_server_interpreters_server_id_fkey: { noun: 'server', path: 'serverIds', users: 'interpreters' },
  drs_server_interpreters_interpreter_id_fkey: {
    noun: 'interpreter',
    path: 'interpreterIds',
    users: 'servers',
  },
};

/**
 * ValidationError for input that does not fit or refers to nothing, ConflictError `in_use` for what others still
 * refer to, ConflictError `already_exists` for what is there already; any other error as it is.
 *
 * @example await job.save().catch((error) => { throw fromModelError(error); });
 */
export function fromModelError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { name, errors = [], parent } = error as ModelError;
  if (name === 'SequelizeValidationError') return new ValidationError(problemsOf(errors));
  if (name === 'SequelizeUniqueConstraintError') return alreadyThere(errors);
  if (parent?.code === restrictViolation || parent?.code === foreignKeyViolation) return badReference(error);
  return error;
}

function problemsOf(errors: NonNullable<ModelError['errors']>): Problem[] {
  // A rule of ours says it better than Sequelize's check of the type, which comes first.
  const last = new Map(errors.map(({ path, message }) => [path ?? '', message]));
  return [...last].map(([path, message]) => ({ path, message }));
}

function alreadyThere(errors: NonNullable<ModelError['errors']>): ConflictError {
  const fields = errors.map(({ path }) => path).filter((path) => path);
  const which = fields.length > 0 ? ` with this ${fields.join(' and ')}` : '';
  return new ConflictError(
    'already_exists',
    `There is a record${which} already. Change it, or choose another value.`,
  );
}

function badReference(error: ModelError): Error {
  const { noun, path, users } = references[error.parent?.constraint ?? ''] ?? {
    noun: 'record',
    path: '',
    users: 'other records',
  };
  const isDelete = error.parent?.code === restrictViolation || /^\s*delete/i.test(error.sql ?? '');
  if (!isDelete)
    return new ValidationError([{ path, message: `There is no such ${noun}. Choose one that exists.` }]);
  return new ConflictError('in_use', `This ${noun} is used by ${users}. Change or delete them first.`);
}
