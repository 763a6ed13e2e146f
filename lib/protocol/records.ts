/** Plain records: the words of the project as data, without a database behind them. */

import type { FailureReason, JobStatus } from './job-status.js';
import type { LogPolicy } from './log-policy.js';

/** Who acts. `id` is the host application's own identifier; `username` is the name on remote machines. */
export interface User {
  id: string | number;
  username: string;
  isAdmin?: boolean;
}

/** What runs a program, as in `/usr/bin/python3 -u program.py`. */
export interface InterpreterRecord {
  id: number;
  name: string;
  /** The executable on the server, absolute or looked up in its PATH. */
  path: string;
  /** Given before the file name, in order. */
  arguments: string[];
}

/** A machine reached over SSH. */
export interface ServerRecord {
  id: number;
  title: string;
  hostname: string;
  /** 1 to 65535. */
  port: number;
  /** It may choose algorithms that OpenSSH has given up. */
  legacyAlgorithms: boolean;
  /** How it is reached: a name from the option `transports`. */
  transport: string;
  /** What starts programs there: a name from the option `schedulers`. */
  scheduler: string;
}

/** Whose names may sign in to a server: those of the owners of jobs alone, or any. */
export const usernamePolicies = ['own', 'any'] as const;
export type UsernamePolicy = (typeof usernamePolicies)[number];

/** Who may run jobs on a server, and by which names. */
export interface ServerRights {
  /** Ids of users; null: everyone signed in. */
  allowedUsers: string[] | null;
  usernames: UsernamePolicy;
}

/** A program, where it runs, and how its newest attempt stands. */
export interface JobRecord {
  id: number;
  /** Names the control directory on the server; never reused. */
  uuid: string;
  title: string;
  program: string;
  remoteDirectory: string;
  remoteFilename: string;
  /** `String(user.id)` of the owner. */
  owner: string;
  /** The owner's name on remote machines. */
  ownerUsername: string;
  serverId: number;
  interpreterId: number;
  status: JobStatus;
  /** The number of the newest attempt; 0 before the first submit. */
  attempt: number;
  failureReason: FailureReason | null;
  exitCode: number | null;
  /** Such as `SIGTERM`. */
  signal: string | null;
  /** One sentence for a person: why it failed and what to do, or what it waits for. */
  message: string | null;
  /** Defaults for a submit; null leaves it to the submit or to the system. */
  timeoutMs: number | null;
  logPolicy: LogPolicy | null;
  storeResults: string[] | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A file that an attempt made or changed. */
export interface ResultRecord {
  id: number;
  jobId: number;
  attempt: number;
  /** Relative to the remote directory, with `/`. */
  remoteFilename: string;
  /** Bytes. */
  size: number;
  /** Where the bytes are, in the words of the FileStorage. */
  storageKey: string;
  createdAt: Date;
}

/** How an attempt ended, or how the newest one stands. */
export interface Outcome {
  status: JobStatus;
  exitCode: number | null;
  signal: string | null;
  failureReason: FailureReason | null;
  /** What a person should know about the end, as sentences. */
  message: string | null;
  /** Result ids by file name. */
  results: Record<string, number>;
}
