/** Statements with parameters on the host's Sequelize. */

import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { DrsError } from '../errors.js';

/** A statement and its `$1`, `$2`, … */
export interface Statement {
  sql: string;
  bind?: readonly unknown[];
  /** Left out: a transaction of its own. */
  transaction?: Transaction;
}

/**
 * The rows of a statement. Always on the primary server: a replica may not know yet what was written.
 * @throws DrsError `database_away` when the database cannot be reached now; whether the statement was carried out is open
 */
export async function rowsOf<Row extends object>(sequelize: Sequelize, statement: Statement): Promise<Row[]> {
  try {
    return await sequelize.query<Row>(statement.sql, {
      type: QueryTypes.SELECT,
      bind: [...(statement.bind ?? [])],
      useMaster: true,
      // A host may have set another one for its own queries.
      nest: false,
      // null keeps a host's CLS transaction out: an announcement must not come before its commit.
      transaction: statement.transaction ?? null,
    });
  } catch (error) {
    if (!isAway(error)) throw error;
    const message = `The database cannot be used now: ${error.message}`;
    throw new DrsError('database_away', message, { status: 503, cause: error });
  }
}

/**
 * Lost and refused connections, shutdown (57P), no more resources such as a full disk (53).
 * Source: PostgreSQL's manual, appendix A; node-postgres says the rest in words only.
 */
function isAway(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = (error as { original?: { code?: unknown } }).original ?? {};
  return (
    /^Sequelize(Connection|HostNot|InvalidConnection)/.test(error.name) ||
    (typeof code === 'string' && /^(57P|53|08|ECONN|EPIPE|ETIMEDOUT)/.test(code)) ||
    /Connection terminated|connection error and is not queryable|the database system is/.test(error.message)
  );
}

/** PostgreSQL's text holds every character but NUL. */
export function withoutNul<T extends string | null>(text: T): T {
  return (text?.replaceAll('\0', '\uFFFD') ?? null) as T;
}

/** For a column of JSON. */
export function jsonOf(value: object): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? withoutNul(part) : part));
}

/** By name: the host may use another copy of Sequelize. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && error.name === 'SequelizeUniqueConstraintError';
}
