/** Puts figures into BENCHMARKS.md, between its markers. */

import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { tableOf, type Figure } from './figures.js';

const file = new URL('../../BENCHMARKS.md', import.meta.url);
const [begin, end] = ['<!-- figures -->', '<!-- end of the figures -->'];

/** @throws when the markers are not there */
export async function writeFigures(figures: readonly Figure[]): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`BENCHMARKS.md lacks ${begin} … ${end}.`);
  const figuresText = `${begin}\n${machine()}\n\n${tableOf(figures)}\n\n`;
  await writeFile(file, text.slice(0, from) + figuresText + text.slice(to));
}

function machine(): string {
  const [{ model } = { model: 'processor' }] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  return `Measured ${day} on ${cpus().length} × ${model.trim()}, Node ${process.versions.node}.`;
}
