/** The job store: every change of an attempt, each in one statement or one transaction, announced after its commit. */

import type { AttemptStore } from './attempt-store.js';
import { requestMethods, type RequestMethods } from './request-attempts.js';
import { changeMethods } from './change-attempts.js';
import { claimMethods } from './claim-attempts.js';
import { explainMethods, type ExplainMethods } from './explain-attempts.js';
import { retiredMethods } from './last-retired.js';
import { permitMethods } from './permit-attempts.js';
import { pruneMethods, type PruneMethods } from './prune-attempts.js';
import { leftoverMethods } from './find-leftovers.js';
import { readLogMethods, type ReadLogMethods } from './read-log.js';
import { statusMethods, type StatusMethods } from './read-statuses.js';
import { logMethods, type LogMethods } from './store-log.js';
import type { StoreDependencies } from './store-dependencies.js';
import { submitMethods, type SubmitMethods } from './submit-attempts.js';
import { workerMethods, type WorkerMethods } from './worker-registry.js';

export type { StoreDependencies } from './store-dependencies.js';
export type { NewAttempt } from './submit-attempts.js';

/** What workers need (AttemptStore), and what the entry points need: submit, cancel, statuses, logs. */
export interface JobStore
  extends
    AttemptStore,
    LogMethods,
    ReadLogMethods,
    StatusMethods,
    SubmitMethods,
    RequestMethods,
    ExplainMethods,
    PruneMethods,
    WorkerMethods {}

/** A store on the tables of `migrate(sequelize)`. */
export function createJobStore(deps: StoreDependencies): JobStore {
  return {
    ...submitMethods(deps),
    ...requestMethods(deps),
    ...claimMethods(deps),
    ...permitMethods(deps),
    ...changeMethods(deps),
    ...logMethods(deps),
    ...readLogMethods(deps.sequelize),
    ...statusMethods(deps),
    ...explainMethods(deps),
    ...pruneMethods(deps),
    ...leftoverMethods(deps),
    ...workerMethods(deps),
    ...retiredMethods(deps),
  };
}
