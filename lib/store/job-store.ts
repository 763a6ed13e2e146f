/** What is stored of attempts, by subject. Each change is one statement or one transaction, announced after its commit. */

import type { AttemptStore } from './attempt-store.js';
import { changeMethods } from './change-attempts.js';
import { claimMethods } from './claim-attempts.js';
import { createNewest, type NewestAttempts } from './explain-attempts.js';
import { leftoverMethods } from './find-leftovers.js';
import { retiredMethods } from './last-retired.js';
import { permitMethods } from './permit-attempts.js';
import { createRetention, type Retention } from './prune-attempts.js';
import { createLogs, type StoredLogs } from './read-log.js';
import { createStatuses, type Statuses } from './read-statuses.js';
import { createRequests, type AttemptRequests } from './request-attempts.js';
import { logMethods } from './store-log.js';
import type { StoreDependencies } from './store-dependencies.js';
import { createWorkers, presenceMethods, type Workers } from './worker-registry.js';

export type { StoreDependencies } from './store-dependencies.js';
export type { NewAttempt } from './submit-attempts.js';

/** Whoever needs one subject depends on that alone, as in `Pick<JobStore, 'logs'>`. */
export interface JobStore {
  /** For workers: to carry attempts out. */
  readonly attempts: AttemptStore;
  readonly requests: AttemptRequests;
  readonly statuses: Statuses;
  readonly newest: NewestAttempts;
  readonly logs: StoredLogs;
  readonly workers: Workers;
  readonly retention: Retention;
}

/** A store on the tables of `migrate(sequelize)`. */
export function createJobStore(deps: StoreDependencies): JobStore {
  return {
    attempts: createAttemptStore(deps),
    requests: createRequests(deps),
    statuses: createStatuses(deps),
    newest: createNewest(deps),
    logs: createLogs(deps),
    workers: createWorkers(deps),
    retention: createRetention(deps),
  };
}

/** One contract, its SQL in a file for each step of an attempt. */
function createAttemptStore(deps: StoreDependencies): AttemptStore {
  return {
    ...claimMethods(deps),
    ...permitMethods(deps),
    ...changeMethods(deps),
    ...logMethods(deps),
    ...leftoverMethods(deps),
    ...presenceMethods(deps),
    ...retiredMethods(deps),
  };
}
