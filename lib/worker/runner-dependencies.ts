/** What a runner adds for the attempts that it carries out. */

import type { Cleaner } from './cleaner.js';
import type { WorkerDependencies } from './worker-dependencies.js';
import type { Reach } from './reach.js';

export interface RunnerDependencies extends WorkerDependencies {
  cleaner: Cleaner;
  reach: Reach;
}
