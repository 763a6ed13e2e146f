/** The contract of rows. */

import type { Measurement } from '../figures.js';
import type { Site } from '../site.js';

/** How much is measured: `tiny` only shows that a row works. */
export type Size = 'full' | 'tiny';

/** Measures one row of the budgets, its references in turns with it. */
export type Row = (site: Site, size: Size) => Promise<Measurement[]>;

/** Makes one job on the web process; resolves to its id. */
export async function makeJob(
  { web }: Site,
  job: { program: string; language?: 'shell' | 'python' },
): Promise<number> {
  const [jobId] = await web.call<number[]>('makeJobs', job);
  if (jobId === undefined) throw new Error('No job was made.');
  return jobId;
}

/** Milliseconds from the submit of a job to its end, which must be a success. */
export function timeJob({ web }: Site, jobId: number, options: object = {}): Promise<number> {
  return web.call<number>('timeRun', { jobId, options });
}

export interface Stored {
  chunks: number;
  logBytes: number;
  resultCount: number;
  resultBytes: number;
}

/** A figure for what is not all there would be worth nothing. @throws when something is missing */
export async function requireStored({ web }: Site, jobId: number, wanted: Partial<Stored>): Promise<void> {
  const stored = await web.call<Stored>('stored', { jobId });
  for (const [name, value] of Object.entries(wanted)) {
    const actual = stored[name as keyof Stored];
    if (actual !== value) throw new Error(`Job ${jobId} has ${name} ${actual}, not ${value}.`);
  }
}
