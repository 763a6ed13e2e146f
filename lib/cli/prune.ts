/** `drs prune --days N` */

import { withInstance } from './instance.js';

const dayMs = 24 * 60 * 60 * 1000;

/** Deletes logs and results of attempts that ended so many days ago. */
export function prune({ days }: { days: number }): Promise<number> {
  return withInstance(async (drs) => {
    const { attempts, results } = await drs.prune({ olderThanMs: days * dayMs });
    process.stdout.write(`deleted the logs of ${attempts} attempts, and ${results} results\n`);
    return 0;
  });
}
