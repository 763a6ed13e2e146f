/** Puts figures into BENCHMARKS.md, between its markers. Rows that were not measured keep their last figures. */

import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { cellsOf, tableOfCells, type Figure } from './figures.js';

const file = new URL('../../BENCHMARKS.md', import.meta.url);
const [begin, end] = ['<!-- figures -->', '<!-- end of the figures -->'];

/** @throws when the markers are not there */
export async function writeFigures(figures: readonly Figure[]): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`BENCHMARKS.md lacks ${begin} … ${end}.`);
  const table = tableOfCells(merged(rowsOf(text.slice(from, to)), figures.map(cellsOf)));
  const figuresText = `${begin}\n${machine()}\n\n${table}\n\n`;
  await writeFile(file, text.slice(0, from) + figuresText + text.slice(to));
}

/** The cells of a table that is there already, without its heads. */
function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| P'));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** By the number of the row; within a row in the order of measuring. */
function merged(old: readonly string[][], fresh: readonly string[][]): string[][] {
  const measured = new Set(fresh.map(([row]) => row));
  const kept = old.filter(([row]) => !measured.has(row));
  const numberOf = ([row = '']: readonly string[]): number => Number(row.slice(1));
  return [...kept, ...fresh].sort((one, other) => numberOf(one) - numberOf(other));
}

function machine(): string {
  const [{ model } = { model: 'processor' }] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  return `Last measured ${day} on ${cpus().length} × ${model.trim()}, Node ${process.versions.node}.`;
}
