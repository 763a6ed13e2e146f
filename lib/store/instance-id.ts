/** Which installation a database belongs to: several may share one Redis. */

import type { Sequelize } from 'sequelize';
import { DrsError } from '../errors.js';
import { rowsOf } from '../models/run-query.js';

/** PostgreSQL's code for a table that does not exist. */
const undefinedTable = '42P01';

/** A random name that was made with the tables. @throws DrsError `not_migrated` */
export async function readInstanceId(sequelize: Sequelize): Promise<string> {
  const rows = await rowsOf<{ id: string }>(sequelize, {
    sql: 'SELECT id FROM drs_instance',
    bind: [],
  }).catch((error: Error & { original?: { code?: string } }) => {
    if (error.original?.code === undefinedTable) return [];
    throw error;
  });
  const [row] = rows;
  if (row) return row.id;
  throw new DrsError(
    'not_migrated',
    'The tables are not there yet: call drs.migrate(), or run `drs migrate`, first.',
  );
}
