/** What a worker depends on: contracts only. */

import type { TellEvent } from '../protocol/attempt-events.js';
import type { Named } from '../protocol/choices.js';
import type { Logger } from '../logger.js';
import type { Limits } from '../limits.js';
import type { EventBus } from '../queue/event-bus.js';
import type { JobQueue } from '../queue/job-queue.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type { FileStorage } from '../storage/file-storage.js';
import type { Credential, HostKeys, Transports } from '../transports/session.js';
import type { AttemptStore, Claim } from '../store/attempt-store.js';
import type { WorkerTimings } from './timings.js';

export interface WorkerDependencies {
  store: AttemptStore;
  storage: FileStorage;
  queue: JobQueue;
  bus: EventBus;
  /** By name, as `schedulers`: a server says which ones. */
  transports: Transports;
  schedulers: Named<Scheduler>;
  hostKeys: HostKeys;
  /** The app's own key. */
  identity: Credential | null;
  limits: Limits;
  logger: Logger;
  timings: WorkerTimings;
  tell: TellEvent;
  /**
   * Makes sure that whoever submitted the attempt may still use its server and its interpreter. A worker without rules of
   * its own relies on the submit. @throws DrsError `right_taken_away`
   */
  requireRights(claim: Claim): Promise<void>;
}

/** An attempt in this process's hands. */
export interface ActiveAttempt {
  claim: Claim;
  /** Aborted: this process gives the attempt up; its program runs on. */
  detached: AbortSignal;
  /** Aborted: end the program. */
  cancelled: AbortSignal;
  /** Until when it is surely held, by this process's `performance.now()`. */
  heldUntil: number;
  /** Known to this process alone; null: what is stored counts. */
  credential: Credential | null;
  /** How often in a row an unexpected error broke this attempt off in this process. */
  unexpectedErrors: number;
}
