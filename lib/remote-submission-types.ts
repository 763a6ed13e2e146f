/** The types of an instance: what a host application calls. */

import type { AccountKeys } from './domain/account-keys.js';
import type { Attempts } from './domain/attempts.js';
import type { AttemptListeners } from './domain/attempt-listeners.js';
import type { TestConnection } from './domain/connection-test.js';
import type { ServerHostKeys } from './domain/host-keys.js';
import type { Interpreters } from './domain/interpreters.js';
import type { Jobs } from './domain/jobs.js';
import type { LogFiles, ResultFiles } from './domain/open-bytes.js';
import type { Servers } from './domain/servers.js';
import type { Models } from './models/define-models.js';
import type { RunningWorker } from './worker/worker.js';

/** An instance. */
export interface RemoteSubmission extends Attempts, AccountKeys {
  /** `{ Interpreter, Server, Job, Log, Result }`, bound to the Sequelize instance. */
  readonly models: Models;
  /** Brings the tables up to date. Safe when several processes call it at once. */
  migrate(): Promise<void>;
  /** Jobs, by the rules of REST. */
  readonly jobs: Jobs;
  /** Servers, by the rules of REST; and a try of the connection, step by step. */
  readonly servers: Servers & { testConnection: TestConnection };
  /** Interpreters, by the rules of REST. */
  readonly interpreters: Interpreters;
  /** Stored files. */
  readonly results: ResultFiles;
  /** Stored output. */
  readonly logs: LogFiles;
  /** The host keys of servers: see, approve, forget. */
  readonly hostKeys: ServerHostKeys;
  /**
   * Hears what becomes of the attempts that the workers of this process carry out: each event at most once, and none after
   * a crash, so it is for hints, not for the truth. Returns what ends it.
   * @example drs.on('attempt:ended', ({ jobId, status }) => notify(jobId, status));
   */
  on: AttemptListeners['on'];
  /**
   * Deletes logs and results of attempts that ended more than `olderThanMs` milliseconds ago (default: the option
   * `retention`), and stored files that no result names (`orphans`), which a worker left that died. Jobs, and how their
   * attempts ended, stay. @throws DrsError `retention_missing`
   */
  prune(options?: { olderThanMs?: number }): Promise<{ attempts: number; results: number; orphans: number }>;
  /** A worker in this process. @param options `concurrency`: attempts at the same time, default 50 */
  work(options?: { concurrency?: number }): Promise<RunningWorker>;
  /**
   * Ends what this user began until now, in every process: sockets, event streams and sign-ins of the panel's own form,
   * within a second; without Redis within ten. Your own sign-in is yours to end, before: who is still signed in there
   * comes back. Call it when somebody signs out, is removed, or loses a role.
   * @example await drs.endSessions(user.id);
   */
  endSessions(userId: string | number): Promise<void>;
  /** Stops its workers, and closes every connection that the instance opened. */
  close(): Promise<void>;
}
