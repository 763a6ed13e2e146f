import { expect } from 'chai';
import { columns, nameOf } from './columns.js';
import { rows } from './rows.js';
import { keyOf, readTable } from './table.js';
import { tryCells } from './try-cells.js';

/** Each row in some column, and each column in some row. */
const diagonal = rows.flatMap((row, index) => {
  const known = columns.filter(({ server }) => !row.sshdConfig || server === 'OpenSSH');
  const column = known[(index * 3) % known.length];
  return column ? [[row, column] as const] : [];
});

describe('servers and shells', () => {
  let said: ReadonlyMap<string, string>;
  let tried: ReadonlyMap<string, string>;
  before(async function () {
    this.timeout(300_000);
    said = await readTable();
    tried = await tryCells(diagonal);
  });

  for (const [row, column] of diagonal) {
    const name = nameOf(column);
    it(`do what docs/reliability.md says: ${row.title}, ${name}`, () => {
      const key = keyOf(row.title, name);
      expect(tried.get(key)).to.equal(said.get(key));
      expect(tried.get(key)).not.to.match(/✗/);
    });
  }
});
