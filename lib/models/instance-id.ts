/** Which installation a database belongs to: several may share one Redis. */

import type { Sequelize } from 'sequelize';
import { DrsError } from '../errors.js';
import { rowsOf } from './run-query.js';

/** A random name that was made with the tables. @throws DrsError `not_migrated` */
export async function readInstanceId(sequelize: Sequelize): Promise<string> {
  const [row] = await rowsOf<{ id: string }>(sequelize, { sql: 'SELECT id FROM drs_instance', bind: [] });
  if (row) return row.id;
  throw new DrsError(
    'not_migrated',
    'The tables are not there yet: call drs.migrate(), or run `drs migrate`, first.',
  );
}
