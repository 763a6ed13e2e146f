/** A server that others need stays: whichever way its record would be deleted. */

import type { Sequelize, Transaction } from 'sequelize';
import { numbered } from '../protocol/numbered.js';
import { ConflictError } from '../errors.js';
import type { DeletionGuard } from './guard-model.js';
import type { ServerModel } from './model-types.js';
import { rowsOf } from './run-query.js';

/** So many servers are named; the rest is a number. */
const mostNamed = 5;

/** Throws ConflictError `in_use`, for jobs on them and for servers that are reached through them. */
export function keepUsedServers(sequelize: Sequelize): DeletionGuard<ServerModel> {
  return (servers, transaction) =>
    requireUnused(
      sequelize,
      servers.map(({ id }) => id),
      transaction,
    );
}

// Nobody refers to them from here on: a foreign key waits for the lock.
const lockSql = 'SELECT id FROM drs_servers WHERE id = ANY($1::int[]) ORDER BY id FOR UPDATE';
const usersSql = `
SELECT s.title, (SELECT count(*)::int FROM drs_jobs WHERE server_id = s.id) AS jobs,
  ARRAY(SELECT b.title FROM drs_servers b WHERE b.proxy_jump = s.id AND b.id <> ALL($1::int[]) ORDER BY b.id) AS behind
FROM drs_servers s WHERE s.id = ANY($1::int[]) ORDER BY s.id`;

interface Used {
  title: string;
  jobs: number;
  /** Titles of those that are reached through it, and are to stay. */
  behind: string[];
}

async function requireUnused(
  sequelize: Sequelize,
  ids: readonly number[],
  transaction: Transaction,
): Promise<void> {
  await rowsOf(sequelize, { sql: lockSql, bind: [ids], transaction });
  const servers = await rowsOf<Used>(sequelize, { sql: usersSql, bind: [ids], transaction });
  for (const { title, jobs, behind } of servers) {
    if (jobs > 0) throw inUse(`“${title}” is used by ${numbered(jobs, 'job')}.`);
    if (behind.length > 0) throw inUse(`“${title}” is the jump host of ${named(behind)}.`);
  }
}

function named(titles: readonly string[]): string {
  const more = titles.length - mostNamed;
  const told = titles.slice(0, mostNamed).map((title) => `“${title}”`);
  return [...told, ...(more > 0 ? [numbered(more, 'more server')] : [])].join(', ');
}

function inUse(sentence: string): ConflictError {
  return new ConflictError('in_use', `${sentence} Change or delete these first.`);
}
