/** Statements with parameters on the host's Sequelize. */

import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';

/** A statement and its `$1`, `$2`, … */
export interface Statement {
  sql: string;
  bind?: readonly unknown[];
  /** Left out: a transaction of its own. */
  transaction?: Transaction;
}

/** The rows of a statement. Always on the primary server: a replica may not know yet what was written. */
export function rowsOf<Row extends object>(sequelize: Sequelize, statement: Statement): Promise<Row[]> {
  return sequelize.query<Row>(statement.sql, {
    type: QueryTypes.SELECT,
    bind: [...(statement.bind ?? [])],
    useMaster: true,
    // null keeps a host's CLS transaction out: an announcement must not come before its commit.
    transaction: statement.transaction ?? null,
  });
}

/** PostgreSQL's text holds every character but NUL. */
export function withoutNul<T extends string | null>(text: T): T {
  return (text?.replaceAll('\0', '\uFFFD') ?? null) as T;
}

/** By name: the host may use another copy of Sequelize. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && error.name === 'SequelizeUniqueConstraintError';
}
