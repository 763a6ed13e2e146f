/** `drs explain JOB` */

import { withInstance } from './instance.js';

/** Prints where the newest attempt of a job is, who holds it and what it waits for. @throws NotFoundError | ConflictError */
export function explain(jobId: number): Promise<number> {
  return withInstance(async (drs) => {
    const { summary, via, ...facts } = await drs.explainJob(jobId);
    const hops = via.map(({ hostname, port }) => `${hostname}:${port}`).join(' ') || null;
    const rows = Object.entries({ ...facts, via: hops })
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `  ${name}: ${value instanceof Date ? value.toISOString() : String(value)}\n`);
    process.stdout.write(`${summary}\n${rows.join('')}`);
    return 0;
  });
}
