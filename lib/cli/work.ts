/** `drs worker` */

import { withInstance } from './instance.js';

/** Works until SIGTERM or SIGINT; attempts under way are given up for other workers to take over. */
export function work(flags: { concurrency?: number }): Promise<number> {
  return withInstance(async (drs) => {
    const stopped = untilSignal();
    const worker = await drs.work(flags);
    process.stdout.write('The worker is ready. Ctrl-C stops it.\n');
    await stopped;
    process.stdout.write('The worker stops.\n');
    await worker.stop();
    return 0;
  });
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    // Ctrl-C reaches a command behind npm twice: the second one must not break off the stop.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });
}
