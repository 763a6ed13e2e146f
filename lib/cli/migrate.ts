/** `drs migrate` */

import { withInstance } from './instance.js';

/** Brings the tables up to date. */
export function migrate(): Promise<number> {
  return withInstance(async (drs) => {
    await drs.migrate();
    process.stdout.write('The tables are up to date.\n');
    return 0;
  });
}
