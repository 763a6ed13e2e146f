/** `drs prune --days N` */

import { withInstance } from './instance.js';
import { printRecord, type JsonFlag } from './print.js';

const dayMs = 24 * 60 * 60 * 1000;

/** Deletes logs and results of attempts that ended so many days ago. */
export function prune({ days, ...flags }: JsonFlag & { days: number }): Promise<number> {
  return withInstance(async (drs) => {
    const deleted = await drs.prune({ olderThanMs: days * dayMs });
    const { attempts, results, orphans } = deleted;
    const sentence = `deleted the logs of ${attempts} attempts, ${results} results, and ${orphans} stored files that belonged to no result\n`;
    return printRecord(flags, deleted, sentence);
  });
}
