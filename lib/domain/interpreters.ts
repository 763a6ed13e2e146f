/** `drs.interpreters`: what runs programs. The same rules, audit and announcements for whoever calls. */

import type { Sequelize, Transaction } from 'sequelize';
import type { Access, Action } from '../access.js';
import type { AuditAction } from '../protocol/audit.js';
import { numbered } from '../protocol/numbered.js';
import type { InterpreterRecord } from '../protocol/records.js';
import { ConflictError } from '../errors.js';
import type { Audit } from '../models/audit.js';
import type { InterpreterInput, InterpreterModel, Models } from '../models/model-types.js';
import { parseInput } from '../parse-input.js';
import { readCall, requireMayCreate, type Call, type CallOptions } from './call.js';
import { changedNames } from './changed-names.js';
import { findRecord } from './find-records.js';
import {
  interpreterBody,
  interpreterPatch,
  interpreterQuery,
  type InterpreterAnswer,
  type InterpreterChanges,
  type InterpreterFilter,
  type NewInterpreter,
} from '../protocol/schemas/interpreter-schemas.js';
import type { ListAnswer } from '../protocol/schemas/list-schemas.js';
import { inSavepoint, inTransaction } from './transaction.js';
import { lockUnchanged, untilUnchanged } from './unchanged.js';
import { pageOfRecords } from './visible-pages.js';

/** Interpreters as REST answers them. With `as`, what this user may not see is a NotFoundError. */
export interface Interpreters {
  /** @throws NotFoundError */
  get(id: number, options?: CallOptions): Promise<InterpreterAnswer>;
  /** Newest first. @param filter as of `GET /interpreters`; `limit` 1 to 100, default 10. @throws ValidationError */
  list(filter?: InterpreterFilter, options?: CallOptions): Promise<ListAnswer<InterpreterAnswer>>;
  /**
   * @throws ValidationError that lists every problem, ForbiddenError
   * @example await drs.interpreters.create({ name: 'Python 3', path: 'python3', arguments: ['-u'] }, { by: 'set-up' });
   */
  create(input: NewInterpreter, options?: CallOptions): Promise<InterpreterAnswer>;
  /** @throws ValidationError that lists every problem, ForbiddenError, NotFoundError */
  update(id: number, changes: InterpreterChanges, options?: CallOptions): Promise<InterpreterAnswer>;
  /** @throws NotFoundError, ForbiddenError, ConflictError `in_use`, which says by what */
  delete(id: number, options?: CallOptions): Promise<void>;
}

interface Dependencies {
  sequelize: Sequelize;
  models: Models;
  access: Access;
  audit: Audit;
}

export function createInterpreters(dependencies: Dependencies): Interpreters {
  const { sequelize, models, access } = dependencies;
  const find = (call: Call, id: number, action: Action): Promise<InterpreterModel> =>
    findRecord(
      { access, call },
      {
        id,
        action,
        what: 'Interpreter',
        // null keeps a host's CLS transaction out.
        find: (key) => models.Interpreter.findByPk(key, { transaction: call.transaction ?? null }),
      },
    );
  return {
    async get(id, options = {}) {
      return presentInterpreter(await find(readCall(sequelize, options), id, 'interpreter:read'));
    },
    async list(filter = {}, options = {}) {
      const call = readCall(sequelize, options);
      const query = parseInput(filter, interpreterQuery);
      const { rows, next } = await pageOfRecords(dependencies, {
        query,
        call,
        readAction: 'interpreter:read',
        find: (which) => models.Interpreter.findAll(which),
      });
      return { items: rows.map(presentInterpreter), next };
    },
    async create(input, options = {}) {
      const call = readCall(sequelize, options);
      await requireMayCreate(access, call, 'interpreter:create');
      const values = parseInput(input, interpreterBody);
      return presentInterpreter(await create(dependencies, call, values));
    },
    async update(id, input, options = {}) {
      const call = readCall(sequelize, options);
      const changed = await untilUnchanged(async () => {
        const before = await find(call, id, 'interpreter:update');
        return update(dependencies, call, { before, changes: parseInput(input, interpreterPatch) });
      });
      return presentInterpreter(changed);
    },
    async delete(id, options = {}) {
      const call = readCall(sequelize, options);
      await untilUnchanged(async () =>
        remove(dependencies, call, await find(call, id, 'interpreter:delete')),
      );
    },
  };
}

function create(dependencies: Dependencies, call: Call, values: InterpreterInput): Promise<InterpreterModel> {
  const { sequelize, models } = dependencies;
  return inTransaction(sequelize, call.transaction, async (transaction) => {
    const interpreter = await models.Interpreter.create(values, { transaction });
    const detail = interpreter.name;
    await record(dependencies, call, { interpreter, action: 'created', detail, transaction });
    return interpreter;
  });
}

function update(
  dependencies: Dependencies,
  call: Call,
  { before, changes }: { before: InterpreterModel; changes: InterpreterChanges },
): Promise<InterpreterModel> {
  return inSavepoint(dependencies.sequelize, call.transaction, async (transaction) => {
    const how = { what: 'Interpreter', strength: 'NO_KEY_UPDATE' } as const;
    const interpreter = await lockUnchanged(before, how, transaction);
    interpreter.set(changes);
    const names = changedNames(interpreter);
    if (names.length === 0) return interpreter;
    await interpreter.save({ transaction });
    const detail = names.join(', ');
    await record(dependencies, call, { interpreter, action: 'changed', detail, transaction });
    return interpreter;
  });
}

function remove(dependencies: Dependencies, call: Call, before: InterpreterModel): Promise<void> {
  return inSavepoint(dependencies.sequelize, call.transaction, async (transaction) => {
    const how = { what: 'Interpreter', strength: 'UPDATE' } as const;
    const interpreter = await lockUnchanged(before, how, transaction);
    await requireUnused(dependencies, interpreter, transaction);
    await interpreter.destroy({ transaction });
    const detail = interpreter.name;
    await record(dependencies, call, { interpreter, action: 'deleted', detail, transaction });
  });
}

function record(
  { audit }: Dependencies,
  { actor }: Call,
  what: { interpreter: InterpreterModel; action: AuditAction; detail: string; transaction: Transaction },
): Promise<void> {
  const { interpreter, action, detail, transaction } = what;
  const entry = { subject: 'interpreter', id: interpreter.id, by: actor, action, detail } as const;
  return audit.record(entry, transaction);
}

/** So many servers are named; the rest is a number. */
const namedServers = 5;

async function requireUnused(
  { models }: Dependencies,
  interpreter: InterpreterModel,
  transaction: Transaction,
): Promise<void> {
  const where = { interpreterId: interpreter.id };
  const jobs = await models.Job.count({ where, transaction });
  const servers = await interpreter.getServers({ transaction });
  const more = servers.length - namedServers;
  const users = [
    ...(jobs > 0 ? [numbered(jobs, 'job')] : []),
    ...servers.slice(0, namedServers).map(({ title }) => `server “${title}”`),
    ...(more > 0 ? [numbered(more, 'more server')] : []),
  ];
  if (users.length === 0) return;
  const message = `“${interpreter.name}” is used by ${users.join(', ')}. Change or delete these first.`;
  throw new ConflictError('in_use', message);
}

function presentInterpreter(interpreter: InterpreterRecord): InterpreterAnswer {
  const { id, name, path, arguments: args } = interpreter;
  return { id, name, path, arguments: args };
}
