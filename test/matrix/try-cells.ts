/** Runs cells of the matrix, some at a time. */

import { limited } from '../chaos/support/limited.js';
import { shellJobs } from '../servers/support.js';
import { nameOf, prepareGrounds, type Column } from './columns.js';
import type { Row } from './rows.js';
import { keyOf } from './table.js';
import { tryCell } from './try-cell.js';

const atOnce = 4;

/**
 * @param told gets each outcome as it comes
 * @returns what came of each, by the key of the cell
 */
export async function tryCells(
  cells: readonly (readonly [Row, Column])[],
  told: (key: string, outcome: string) => void = () => undefined,
): Promise<Map<string, string>> {
  const jobs = await shellJobs();
  const grounds = await prepareGrounds();
  const inTurn = limited(atOnce);
  const tried = cells.map(([row, column]) =>
    inTurn(async (): Promise<[string, string]> => {
      const key = keyOf(row.title, nameOf(column));
      const isKnown = !row.sshdConfig || column.server === 'OpenSSH';
      const outcome = isKnown ? await tryCell(jobs, await grounds.cell(row, column)) : '–';
      told(key, outcome);
      return [key, outcome];
    }),
  );
  const outcomes = new Map(await Promise.all(tried));
  await jobs.drs.close();
  return outcomes;
}
