/** The types of an instance: what a host application calls. */

import type { LogPolicy } from './protocol/log-policy.js';
import type { AttemptFacts } from './protocol/explanation.js';
import type { JobStatus } from './protocol/job-status.js';
import type { Outcome, User } from './protocol/records.js';
import type { AttemptListeners } from './domain/attempt-listeners.js';
import type { DoneFor } from './domain/call.js';
import type { TestConnection } from './domain/connection-test.js';
import type { ServerHostKeys } from './domain/host-keys.js';
import type { Interpreters } from './domain/interpreters.js';
import type { Jobs } from './domain/jobs.js';
import type { LogFiles, ResultFiles } from './domain/open-bytes.js';
import type { Servers } from './domain/servers.js';
import type { Models } from './models/define-models.js';
import type { RunningWorker } from './worker/worker.js';

/** How to submit a job. What is left out comes from the job, then from the system. */
export interface SubmitOptions extends DoneFor {
  /** The name to sign in with. Default: the owner's. */
  username?: string;
  /** Alone, or after `privateKey` or `agent` where the server asks for both. */
  password?: string;
  /** PEM or OpenSSH format. */
  privateKey?: string;
  passphrase?: string;
  /** In the place of `privateKey`: the path of an SSH agent's socket on the machine where the worker runs. Host code only. */
  agent?: string;
  /** After this many milliseconds the program is ended. */
  timeoutMs?: number;
  logPolicy?: LogPolicy;
  /** Patterns in order, last match wins, `!` negates. Nothing: every file. Empty: none. */
  storeResults?: string[];
  /** False: on this machine, without SSH. */
  remote?: boolean;
}

/** A job that was handed to the workers. */
export interface Submission {
  jobId: number;
  attempt: number;
  status: 'submitted';
  /** Resolves when the attempt has ended, whichever process carried it out. */
  finished(): Promise<Outcome>;
}

/** A new attempt of a job that had one before. */
export interface Retry extends Submission {
  /** The number of the attempt before it. */
  retryOf: number;
}

/** Where the newest attempt of a job is. */
export interface Explanation extends AttemptFacts {
  /** One sentence about what happens next, and who has to do it. */
  summary: string;
}

/** Where and how to sign in to add or remove a public key. */
export interface KeyOptions extends DoneFor {
  hostname: string;
  /** Default 22. */
  port?: number;
  username: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
  /** One line of an `authorized_keys` file. Default: the app's own. */
  publicKey?: string;
}

/** An instance. */
export interface RemoteSubmission {
  /** `{ Interpreter, Server, Job, Log, Result }`, bound to the Sequelize instance. */
  readonly models: Models;
  /** Brings the tables up to date. Safe when several processes call it at once. */
  migrate(): Promise<void>;
  /**
   * Hands the job to the workers.
   * @throws NotFoundError, ForbiddenError, ValidationError, ConflictError `job_active`, DrsError `secret_missing`
   */
  submitJob(jobId: number, options?: SubmitOptions): Promise<Submission>;
  /** The same in this process, without the queue; resolves when the attempt has ended. */
  runJob(jobId: number, options?: SubmitOptions): Promise<Outcome>;
  /** Puts the program on the server and does not run it; ends as `success`, with a log row that says where it is. */
  copyJob(jobId: number, options?: SubmitOptions): Promise<Submission>;
  /**
   * A new attempt, submitted as the newest one was. Credentials that were sealed for that are gone: give them again.
   * @throws NotFoundError, ForbiddenError, ValidationError, ConflictError `job_active` | `job_never_submitted`, DrsError
   *   `secret_missing`
   */
  retryJob(jobId: number, options?: SubmitOptions): Promise<Retry>;
  /**
   * Adds the ticket of the attempt under way again, and lets it be taken now if it was to wait. Harmless at any time:
   * an attempt that a worker holds stays with it. @throws NotFoundError, ForbiddenError, ConflictError `job_not_active`
   */
  requeueJob(
    jobId: number,
    options?: DoneFor,
  ): Promise<{ jobId: number; attempt: number; status: JobStatus }>;
  /** Where the newest attempt is, who holds it, and what it waits for. @throws NotFoundError, ConflictError `job_never_submitted` */
  explainJob(jobId: number, options?: { as?: User }): Promise<Explanation>;
  cancelJob(jobId: number, options?: DoneFor): Promise<{ jobId: number; attempt: number; status: JobStatus }>;
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
  /** Adds the public key to the account's authorized keys; `isChanged` is false when it was there. @throws TransportError */
  copyKey(options: KeyOptions): Promise<{ isChanged: boolean }>;
  /** Removes exactly this key. @throws TransportError */
  deleteKey(options: KeyOptions): Promise<{ isChanged: boolean }>;
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
