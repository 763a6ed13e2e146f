/** What servers and interpreters of jobs are called, for those who may read them: to see a job is not to see what it uses. */

import type { Access } from '../access.js';
import type { Models } from '../models/model-types.js';
import { isAllowed, type Call } from './call.js';

interface Dependencies {
  models: Pick<Models, 'Server' | 'Interpreter'>;
  access: Access;
}

type Names = ReadonlyMap<number, string>;

/** The titles of those of these servers that the caller may read, by id. */
export async function readableTitles(
  { models, access }: Dependencies,
  ids: readonly number[],
  call: Pick<Call, 'as' | 'transaction'>,
): Promise<Names> {
  const where = { id: [...new Set(ids)] };
  const titles = new Map<number, string>();
  for (const record of await models.Server.findAll({ where, transaction: call.transaction })) {
    if (await isAllowed(access, call, { action: 'server:read', record })) titles.set(record.id, record.title);
  }
  return titles;
}

/** The names of those of these interpreters that the caller may read, by id. */
export async function readableNames(
  { models, access }: Dependencies,
  ids: readonly number[],
  call: Pick<Call, 'as' | 'transaction'>,
): Promise<Names> {
  const where = { id: [...new Set(ids)] };
  const names = new Map<number, string>();
  for (const record of await models.Interpreter.findAll({ where, transaction: call.transaction })) {
    const read = { action: 'interpreter:read', record } as const;
    if (await isAllowed(access, call, read)) names.set(record.id, record.name);
  }
  return names;
}
