/** The matrix as Markdown, and in docs/reliability.md. */

import { readFile, writeFile } from 'node:fs/promises';
import { columns, nameOf } from './columns.js';
import { rows } from './rows.js';

/** What came of a cell, by the title of its row and the name of its column. */
export type Outcomes = ReadonlyMap<string, string>;

export const keyOf = (row: string, column: string): string => `${row} / ${column}`;

const file = new URL('../../docs/reliability.md', import.meta.url);
const [begin, end] = ['<!-- matrix -->', '<!-- end of the matrix -->'];

/** Sentences stand below, once each: a cell holds the number. Cells that were not tried are empty. */
export function tableOf(outcomes: Outcomes): string {
  const sentences = [...new Set(outcomes.values())].filter((outcome) => outcome !== '✓' && outcome !== '–');
  const cellOf = (row: string, column: string): string => {
    const outcome = outcomes.get(keyOf(row, column)) ?? '';
    const number = sentences.indexOf(outcome) + 1;
    if (number === 0) return outcome;
    return `${outcome.startsWith('✓') ? '✓ ' : ''}(${number})`;
  };
  const names = columns
    .map(nameOf)
    .filter((name) => rows.some(({ title }) => outcomes.has(keyOf(title, name))));
  const tried = rows.filter(({ title }) => names.some((name) => outcomes.has(keyOf(title, name))));
  const head = ['login shell, or what is odd there', ...names];
  const body = tried.map(({ title }) => [title, ...names.map((name) => cellOf(title, name))]);
  return [linesOf([head, ...body]), ...sentences.map((text, index) => `(${index + 1}) ${text}`)].join('\n\n');
}

function linesOf(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

async function around(): Promise<[before: string, table: string, after: string]> {
  const text = await readFile(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md lacks ${begin} … ${end}.`);
  const start = from + begin.length;
  return [text.slice(0, start), text.slice(start, to).trim(), text.slice(to)];
}

/** @throws when the markers are not there */
export async function writeTable(outcomes: Outcomes): Promise<void> {
  const [before, , after] = await around();
  await writeFile(file, `${before}\n\n${tableOf(outcomes)}\n\n${after}`);
}

/** What the document says of each cell. */
export async function readTable(): Promise<Outcomes> {
  const [, table] = await around();
  const sentences = new Map(
    [...table.matchAll(/^\((\d+)\) (.*)$/gm)].map(([, number, text = '']) => [number, text]),
  );
  const [, , ...lines] = table.split('\n').filter((line) => line.startsWith('|'));
  return new Map(
    lines.flatMap((line) => {
      const [, title = '', ...cells] = line.split('|').map((cell) => cell.trim());
      return columns.map((column, index): [string, string] => {
        const cell = cells[index] ?? '';
        const number = /\((\d+)\)/.exec(cell)?.[1];
        return [keyOf(title, nameOf(column)), sentences.get(number) ?? cell];
      });
    }),
  );
}
