/**
 * `npm run bench`: measures the rows of the budgets beside their references. `npm run bench -- P4 P6` measures those rows (P14, which takes
 * minutes, only so),
 * `--tiny` shows only that they work, `--write` puts the figures into BENCHMARKS.md, and `--profile FOLDER` leaves CPU
 * profiles of web and worker there.
 */

import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { stopAll } from '../support/cleanup.js';
import { judge, tableOf, type Figure } from './figures.js';
import { writeFigures } from './write-figures.js';
import { liveLines } from './rows/live-lines.js';
import { muchOutput } from './rows/much-output.js';
import { millionJobs } from './rows/million-jobs.js';
import { bigResult, manyResults } from './rows/results.js';
import type { Row } from './rows/row.js';
import { serverWork } from './rows/server-work.js';
import { sleepingJob } from './rows/sleeping-job.js';
import { coldJob, manyJobs, warmJob } from './rows/trivial-jobs.js';
import { startSite } from './site.js';

const rows: Record<string, Row> = {
  P1: warmJob,
  P2: coldJob,
  P3: manyJobs,
  P4: muchOutput,
  P5: liveLines,
  P6: bigResult,
  P7: manyResults,
  P8: sleepingJob,
  P13: serverWork,
  P14: millionJobs,
};
/** Measured only where they are named: they take minutes. */
const optIn = ['P14'];
const coldTurns = 12;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean' }, tiny: { type: 'boolean' }, profile: { type: 'string' } },
});
const unknown = positionals.filter((name) => !(name in rows));
if (unknown.length > 0)
  throw new Error(`Unknown rows: ${unknown.join(', ')}. Known: ${Object.keys(rows).join(', ')}.`);

for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
  process.once(signal, () => void stopAll().finally(() => process.exit(code)));
}
try {
  const figures = await measure(
    positionals.length > 0 ? positionals : Object.keys(rows).filter((name) => !optIn.includes(name)),
  );
  const table = tableOf(figures);
  console.log(`\n${table}`);
  if (values.write) await writeFigures(figures);
} finally {
  await stopAll();
}

async function measure(names: readonly string[]): Promise<Figure[]> {
  const site = await startSite({
    extraKeys: names.includes('P2') ? coldTurns : 0,
    profileFolder: values.profile === undefined ? undefined : resolve(values.profile),
  });
  const figures: Figure[] = [];
  for (const name of names) {
    for (const measurement of (await rows[name]?.(site, values.tiny ? 'tiny' : 'full')) ?? []) {
      const figure = judge(measurement);
      console.log(JSON.stringify(figure));
      figures.push(figure);
    }
  }
  return figures;
}
