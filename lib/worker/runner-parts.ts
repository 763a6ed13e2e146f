/** What a runner adds for the attempts that it carries out. */

import type { Cleaner } from './cleaner.js';
import type { WorkerParts } from './parts.js';
import type { Reach } from './reach.js';

export interface RunnerParts extends WorkerParts {
  cleaner: Cleaner;
  reach: Reach;
}
