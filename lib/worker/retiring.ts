/** Lets warm connections go when it is announced that they are stale, and the database says so. */

import { oneAtATime } from '../one-at-a-time.js';
import type { WorkerDependencies } from './worker-dependencies.js';

interface Machine {
  hostname: string;
  port: number;
}

/** Machines that are looked up at once, at the most. */
const mostMachines = 1_000;

/** Makes the function that hears of machines. Each time that connections there became stale lets them go once. */
export function retiring({ store, transports, logger }: WorkerDependencies): (machine: Machine) => void {
  const announced = new Map<string, Machine>();
  const known = new Map<string, number>();

  async function retire(name: string, machine: Machine): Promise<void> {
    try {
      const last = await store.lastRetired(machine);
      if (last === null || last <= (known.get(name) ?? 0)) return;
      known.set(name, last);
    } catch (err) {
      // To sign in once more costs little; a key that was deleted must not be good any longer.
      logger.warn({ err, ...machine }, 'The database could not be asked: warm connections are closed.');
    }
    for (const transport of Object.values(transports)) transport.retire(machine);
  }

  const look = oneAtATime(async () => {
    const machines = [...announced];
    announced.clear();
    for (const [name, machine] of machines) await retire(name, machine);
  });

  return ({ hostname, port }) => {
    if (announced.size < mostMachines) announced.set(`${hostname}:${port}`, { hostname, port });
    look();
  };
}
