/** `drs explain JOB` */

import { withInstance } from './instance.js';
import { printRecord, shown, type JsonFlag } from './print.js';

/** Prints where the newest attempt of a job is, who holds it and what it waits for. @throws NotFoundError | ConflictError */
export function explain(jobId: number, flags: JsonFlag): Promise<number> {
  return withInstance(async (drs) => {
    const explanation = await drs.explainJob(jobId);
    const { summary, via, ...facts } = explanation;
    const hops = via.map(({ hostname, port }) => `${hostname}:${port}`).join(' ') || null;
    const rows = Object.entries({ ...facts, via: hops })
      .filter(([, value]) => value !== null)
      .map(
        ([name, value]) =>
          `  ${name}: ${value instanceof Date ? value.toISOString() : words(String(value))}\n`,
      );
    return printRecord(flags, explanation, `${words(summary)}\n${rows.join('')}`);
  });
}

/** The words of a server may have lines. */
function words(text: string): string {
  return text.split('\n').map(shown).join('\n    ');
}
