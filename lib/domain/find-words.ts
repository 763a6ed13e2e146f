/** Finds jobs by parts of what people know them by. */

import { Op, type Sequelize, type WhereOptions } from 'sequelize';

const columns = { title: 'title', ownerUsername: 'owner_username' } as const;

/** What jobs can be found by a part of. */
export type WordsColumn = keyof typeof columns;

/** Jobs with this text in the column, whatever the case: by the small table that the migrations make for it. */
export function havingWords(sequelize: Sequelize, column: WordsColumn, text: string): WhereOptions {
  const pattern = sequelize.escape(partPattern(text));
  const sql = `SELECT job_id FROM drs_job_words WHERE ${columns[column]} ILIKE ${pattern}`;
  return { id: { [Op.in]: sequelize.literal(`(${sql})`) } };
}

/** A pattern of LIKE in which nothing but the ends is open. */
export function partPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
