/** What a runner adds for the attempts that it executes. */

import type { Cleaner } from './cleaner.js';
import type { WorkerDependencies } from './worker-dependencies.js';
import type { ServerAvailability } from './server-availability.js';

export interface RunnerDependencies extends WorkerDependencies {
  cleaner: Cleaner;
  availability: ServerAvailability;
}
