/** What the REST interface answers, as a client reads it: dates are ISO 8601 text. */

import type { ConnectionStep } from '../protocol/connection-steps.js';
import type { LogChunk } from '../protocol/events.js';
import type { AttemptFacts } from '../protocol/explanation.js';
import type { FailureReason, JobStatus } from '../protocol/job-status.js';
import type { LogPolicy, Stream } from '../protocol/log-policy.js';

/** A page of a list, newest first. */
export interface Page<T> {
  items: T[];
  /** Give it as `cursor` for the next page; null at the end. */
  next: string | null;
}

/** A job as `GET /jobs/:id` answers it. */
export interface Job {
  id: number;
  uuid: string;
  title: string;
  program: string;
  remoteDirectory: string;
  remoteFilename: string;
  owner: string;
  ownerUsername: string;
  serverId: number;
  interpreterId: number;
  server: { id: number; title: string };
  interpreter: { id: number; name: string };
  status: JobStatus;
  /** The number of the newest attempt; 0 before the first submit. */
  attempt: number;
  failureReason: FailureReason | null;
  exitCode: number | null;
  signal: string | null;
  message: string | null;
  timeoutMs: number | null;
  logPolicy: LogPolicy | null;
  storeResults: string[] | null;
  startedAt: string | null;
  finishedAt: string | null;
  createdAt: string;
  updatedAt: string;
  /** What this user may do; not in lists. */
  allowed?: AllowedActions;
}

/** A job in a list: without its program, which may be large. */
export type ListedJob = Omit<Job, 'program' | 'allowed'>;

/** What a user has the right to do with a job; whether it makes sense just now, its status says. */
export interface AllowedActions {
  update: boolean;
  delete: boolean;
  submit: boolean;
  copy: boolean;
  cancel: boolean;
}

/** A machine as `GET /servers` answers it. */
export interface Server {
  id: number;
  title: string;
  hostname: string;
  port: number;
  /** The id of the server that it is reached through; null: none. */
  proxyJump: number | null;
  /** Where attempts are watched over there; null: `~/.drs`. Only for those who may change the server. */
  controlDirectory?: string | null;
  /** It may choose algorithms that OpenSSH has given up. */
  legacyAlgorithms: boolean;
  interpreterIds: number[];
  interpreters: { id: number; name: string; path: string }[];
  /** The key that the server must show; null before it was seen. */
  hostKey: { type: string; fingerprint: string; isApproved: boolean } | null;
}

/** The body of `POST /servers`. */
export interface NewServer {
  title: string;
  hostname: string;
  /** Default 22. */
  port?: number;
  interpreterIds?: number[];
  proxyJump?: number | null;
  controlDirectory?: string | null;
  legacyAlgorithms?: boolean;
}

/** What is known of a server's host key. */
export interface HostKeyState {
  /** The key that the server must show; null: none is pinned. */
  hostKey: { type: string; fingerprint: string; isApproved: boolean; firstSeenAt: string } | null;
  /** The other key that it showed last, and was refused for; null: none. */
  offered: { type: string; fingerprint: string; seenAt: string } | null;
}

/** How to sign in for a test; nothing: the app's own key, as the user who asks. */
export interface TestBody {
  username?: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
}

/** How the test of a connection went: the first step that fails is the last. */
export interface ConnectionReport {
  isOk: boolean;
  steps: { name: ConnectionStep; isOk: boolean; message: string }[];
}

/** What runs a program, as `GET /interpreters` answers it. */
export interface Interpreter {
  id: number;
  name: string;
  path: string;
  arguments: string[];
}

/** The body of `POST /interpreters`. */
export interface NewInterpreter {
  name: string;
  /** The executable on the server, absolute or looked up in its PATH. */
  path: string;
  /** Given before the file name, in order. */
  arguments?: string[];
}

/** A file that a job made, as `GET /jobs/:id/results` answers it. */
export interface Result {
  id: number;
  jobId: number;
  attempt: number;
  remoteFilename: string;
  /** Bytes. */
  size: number;
  createdAt: string;
}

/** The body of `POST /jobs`. */
export interface NewJob {
  title: string;
  program: string;
  /** Default `~/drs-jobs/{job}-{attempt}`. */
  remoteDirectory?: string;
  /** Default `program`. */
  remoteFilename?: string;
  serverId: number;
  interpreterId: number;
  timeoutMs?: number | null;
  logPolicy?: LogPolicy | null;
  storeResults?: string[] | null;
  /** Administrators only: the id of the user that it belongs to. */
  owner?: string;
  /** Administrators only: the name of that user on servers. */
  ownerUsername?: string;
}

/** The body of a submit; what is left out comes from the job, then from the system. */
export interface SubmitBody {
  username?: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
  /** Administrators only, where the option `allowLocal` is on: the socket of an SSH agent. */
  agent?: string;
  timeoutMs?: number;
  logPolicy?: LogPolicy;
  storeResults?: string[];
  remote?: boolean;
}

/** What submit, copy, cancel and requeue answer. */
export interface Accepted {
  jobId: number;
  attempt: number;
  status: JobStatus;
}

/** What retry answers. */
export interface Retried extends Accepted {
  /** The attempt that it repeats. */
  retryOf: number;
}

/** Dates of a record as JSON has them. */
type AsJson<T> = {
  [Name in keyof T]: T[Name] extends Date ? string : T[Name] extends Date | null ? string | null : T[Name];
};

/** Where the newest attempt of a job is. */
export interface Explanation extends AsJson<AttemptFacts> {
  /** What happens next, and who has to do it. */
  summary: string;
}

/** A filter and a page of a list. */
export interface ListQuery {
  /** Default 10, at most 100. */
  limit?: number;
  /** `next` of the page before. */
  cursor?: string;
  /** Filters on the model's fields, as in `{ status: 'running' }`. */
  [field: string]: string | number | boolean | undefined;
}

/** A chunk in a list over all jobs. */
export interface ListedChunk extends Omit<LogChunk, 'line' | 'linesBefore'> {
  id: number;
  jobId: number;
  attempt: number;
}

/** Chunks of a log, in order. */
export interface LogPage {
  items: LogChunk[];
  /** Give it as `after` for the next page; null at the end. */
  next: number | null;
}

/** What to look for in a log. */
export interface SearchQuery {
  /** The text, as it stands; case does not matter. At most 500 characters, within one line. */
  q: string;
  /** The newest attempt when left out. */
  attempt?: number;
  stream?: Stream;
  /** `next` of the answer before. */
  after?: number;
  /** About so many lines at most. Default 1000, at most 10,000. */
  limit?: number;
}

/** A line that holds the text. A long line of several chunks comes once for each. */
export interface LogHit {
  /** Give it as `line` to `logPage`. */
  line: number;
  /** The chunk that holds the end of the first of the hits. */
  seq: number;
  stream: Stream;
  /** How often the text is in the line. */
  hits: number;
}

/** Lines that hold the text, in the order of their chunks. */
export interface LogHits {
  items: LogHit[];
  /** All hits of this answer. */
  hits: number;
  /** Give it as `after` to go on; null when all was searched. */
  next: number | null;
}

/** Which part of a log. */
export interface LogQuery {
  /** The newest attempt when left out. */
  attempt?: number;
  /** Only chunks with a higher `seq`. Give one of `after`, `before` and `line`. */
  after?: number;
  /** The last chunks with a lower `seq`, in order; 2,147,483,647 for the end of the log. */
  before?: number;
  /** From the chunk on in which this line begins; beyond the end, the last chunk. */
  line?: number;
  /** Default 100, at most 1000. */
  limit?: number;
  /** At most about so many bytes; one chunk comes whatever its size. */
  maxBytes?: number;
}
