/** The contract of the worker's store: every write carries the fencing number of the claim. */

import type { FailureReason, JobStatus } from '../core/job-status.js';
import type { LogPolicy, Stream } from '../core/log-policy.js';
import type { InterpreterRecord, ServerRecord } from '../core/records.js';
import type { Ticket } from '../queue/job-queue.js';
import type { Credential } from '../transports/session.js';

/** The right to carry out an attempt, until the lease ends. */
export interface Claim {
  attemptId: number;
  /** Rises with each claim of the attempt; a write with an older one is refused. */
  fence: number;
  jobId: number;
  attempt: number;
  kind: 'run' | 'copy';
  /** False: on this machine, without SSH. */
  isRemote: boolean;
  /** The attempt was `running` already when it was claimed: somebody else started it, or tried to. */
  isTakenOver: boolean;
  isCancelRequested: boolean;
  title: string;
  uuid: string;
  owner: string;
  ownerUsername: string;
  remoteDirectory: string;
  remoteFilename: string;
  server: ServerRecord;
  interpreter: InterpreterRecord;
  /** The name to sign in with. */
  username: string;
  logPolicy: LogPolicy;
  timeoutMs: number | null;
  /** null: every file; empty: none. */
  storeResults: string[] | null;
  /** Since when the server could not be reached; null while it can. */
  unreachableSince: Date | null;
  /** How often in a row it was tried. */
  unreachableTries: number;
}

/** A chunk of output before it has a number. */
export interface NewLogChunk {
  stream: Stream;
  /** Bytes of this stream before this chunk. */
  offset: number;
  time: Date;
  content: Buffer;
}

/** What is stored of an attempt's output. */
export interface LogHead {
  /** The last number; 0 when nothing is stored. */
  seq: number;
  /** Bytes of each stream that are stored. */
  stdout: number;
  stderr: number;
}

export interface NewResult {
  remoteFilename: string;
  size: number;
  storageKey: string;
}

/** The final state of an attempt. */
export interface Ending {
  status: Extract<JobStatus, 'success' | 'failure' | 'cancelled'>;
  failureReason: FailureReason | null;
  exitCode: number | null;
  signal: string | null;
  message: string | null;
}

export interface AttemptStore {
  /** One conditional update: null when the attempt is final, held by a live lease, not due yet, or unknown. */
  claim(ticket: Ticket, holder: { workerId: string; leaseMs: number }): Promise<Claim | null>;
  /** Prolongs leases; says for each whether it is still held and whether a cancel is wanted. */
  renew(
    claims: readonly Claim[],
    leaseMs: number,
  ): Promise<{ attemptId: number; isHeld: boolean; isCancelRequested: boolean }[]>;
  /** The program's text. */
  program(claim: Claim): Promise<string>;
  /** The unsealed credential; empty when the app's own key is to be used. */
  credential(claim: Claim): Promise<Credential>;
  /** Sets `running`, and forgets that the server was unreachable. @throws ClaimLostError */
  markRunning(claim: Claim): Promise<void>;
  logHead(claim: Claim): Promise<LogHead>;
  /** Stores chunks in order, numbered from `head.seq + 1`. @throws ClaimLostError */
  appendLog(claim: Claim, head: LogHead, chunks: readonly NewLogChunk[]): Promise<void>;
  /** Stores result rows. A name that is there already is kept as it is. @throws ClaimLostError */
  addResults(claim: Claim, results: readonly NewResult[]): Promise<void>;
  resultNames(claim: Claim): Promise<string[]>;
  /** Gives the attempt up until `nextTryAt`, with a sentence about why. @throws ClaimLostError */
  defer(claim: Claim, until: { nextTryAt: Date; message: string }): Promise<void>;
  /** Gives the attempt up at once, for another worker to take. */
  release(claim: Claim): Promise<void>;
  /** Writes the final state and deletes the sealed credential. @throws ClaimLostError */
  finish(claim: Claim, ending: Ending): Promise<void>;
  /** Attempts that are due and that nobody holds. */
  findUnheld(limit: number): Promise<Ticket[]>;
}
