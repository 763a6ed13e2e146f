/**
 * `npm run test:matrix`: what people rely on, against OpenSSH and Dropbear, with each `/bin/sh`, each login shell and odd
 * start-up files. It prints the matrix, and fails when a cell does; `--write` puts it into docs/reliability.md. `--row WORD` and
 * `--column WORD` try those that hold the word.
 */

import { parseArgs } from 'node:util';
import { stopAll } from '../support/cleanup.js';
import { columns, nameOf } from './columns.js';
import { rows } from './rows.js';
import { tableOf, writeTable } from './table.js';
import { tryCells } from './try-cells.js';

const { values } = parseArgs({
  options: {
    write: { type: 'boolean' },
    row: { type: 'string', default: '' },
    column: { type: 'string', default: '' },
  },
});
const { row = '', column = '', write } = values;
const cells = columns
  .filter((one) => nameOf(one).includes(column))
  .flatMap((one) => rows.filter(({ title }) => title.includes(row)).map((title) => [title, one] as const));
if (write && cells.length < rows.length * columns.length)
  throw new Error('Only the whole matrix is written.');

for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
  process.once(signal, () => void stopAll().finally(() => process.exit(code)));
}
try {
  let count = 0;
  const outcomes = await tryCells(cells, (key, outcome) => {
    count += 1;
    console.log(`${count}/${cells.length} ${key}: ${outcome}`);
  });
  console.log(`\n${tableOf(outcomes)}`);
  if (write) await writeTable(outcomes);
  if ([...outcomes.values()].some((outcome) => outcome.startsWith('✗'))) process.exitCode = 1;
} finally {
  await stopAll();
}
