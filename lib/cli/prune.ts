/** `drs prune --days N` */

import { withInstance } from './instance.js';

const dayMs = 24 * 60 * 60 * 1000;

/** Deletes logs and results of attempts that ended so many days ago. */
export function prune({ days }: { days: number }): Promise<number> {
  return withInstance(async (drs) => {
    const { attempts, results, orphans } = await drs.prune({ olderThanMs: days * dayMs });
    process.stdout.write(
      `deleted the logs of ${attempts} attempts, ${results} results, and ${orphans} files of none\n`,
    );
    return 0;
  });
}
