/** `createRemoteSubmission(options)`: the one place that puts things together. */

import type { LogPolicy } from './core/log-policy.js';
import type { Outcome, User } from './core/records.js';
import type { Models } from './models/define-models.js';

/** How to submit a job. What is left out comes from the job, then from the system. */
export interface SubmitOptions {
  /** The name to sign in with. Default: the owner's. */
  username?: string;
  password?: string;
  /** PEM or OpenSSH format. */
  privateKey?: string;
  passphrase?: string;
  /** The path of an SSH agent's socket on the machine where the worker runs. Host code only. */
  agent?: string;
  /** After this many milliseconds the program is ended. */
  timeoutMs?: number;
  logPolicy?: LogPolicy;
  /** Patterns in order, last match wins, `!` negates. Nothing: every file. Empty: none. */
  storeResults?: string[];
  /** False: on this machine, without SSH. */
  remote?: boolean;
  /** The user it is done for; the rights of this user are checked. Host code without it is trusted. */
  as?: User;
}

/** A job that was handed to the workers. */
export interface Submission {
  jobId: number;
  attempt: number;
  status: 'submitted';
  /** Resolves when the attempt has ended, whichever process carried it out. */
  finished(): Promise<Outcome>;
}

/** Where and how to sign in to add or remove a public key. */
export interface KeyOptions {
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

/** A worker under way. */
export interface Worker {
  /** Takes no new attempts, gives up those under way for others to take over, and resolves. */
  stop(): Promise<void>;
}

/** An instance. */
export interface RemoteSubmission {
  /** `{ Interpreter, Server, Job, Log, Result }`, bound to the Sequelize instance. */
  readonly models: Models;
  /** Brings the tables up to date. Safe when several processes call it at once. */
  migrate(): Promise<void>;
  submitJob(jobId: number, options?: SubmitOptions): Promise<Submission>;
  runJob(jobId: number, options?: SubmitOptions): Promise<Outcome>;
  copyJob(jobId: number, options?: SubmitOptions): Promise<Submission>;
  cancelJob(jobId: number, options?: { as?: User }): Promise<{ jobId: number; attempt: number; status: string }>;
  copyKey(options: KeyOptions): Promise<{ isChanged: boolean }>;
  deleteKey(options: KeyOptions): Promise<{ isChanged: boolean }>;
  work(options?: { concurrency?: number }): Promise<Worker>;
  close(): Promise<void>;
}
