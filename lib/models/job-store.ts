/** The job store: every change of an attempt, each in one statement or one transaction, announced after its commit. */

import type { AttemptStore } from '../worker/attempt-store.js';
import { changeMethods } from './change-attempts.js';
import { claimMethods } from './claim-attempts.js';
import { explainMethods, type ExplainMethods } from './explain-attempts.js';
import { pruneMethods, type PruneMethods } from './prune-attempts.js';
import { statusMethods, type StatusMethods } from './read-statuses.js';
import { logMethods, type LogMethods } from './store-log.js';
import type { StoreParts } from './store-parts.js';
import { submitMethods, type SubmitMethods } from './submit-attempts.js';

export type { StoreParts } from './store-parts.js';
export type { NewAttempt } from './submit-attempts.js';

/** What workers need (AttemptStore), and what the doors need: submit, cancel, statuses, logs. */
export interface JobStore
  extends AttemptStore, LogMethods, StatusMethods, SubmitMethods, ExplainMethods, PruneMethods {}

/** A store on the tables of `migrate(sequelize)`. */
export function createJobStore(parts: StoreParts): JobStore {
  return {
    ...submitMethods(parts),
    ...claimMethods(parts),
    ...changeMethods(parts),
    ...logMethods(parts),
    ...statusMethods(parts),
    ...explainMethods(parts),
    ...pruneMethods(parts),
  };
}
