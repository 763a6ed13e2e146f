/** The contract of the worker's store: every write carries the fencing number of the claim. */

import type { FailureReason, JobStatus } from '../protocol/job-status.js';
import type { LineCount } from '../protocol/line-numbers.js';
import type { LogPolicy, Stream } from '../protocol/log-policy.js';
import type { InterpreterRecord, ServerRecord, User } from '../protocol/records.js';
import type { Ticket } from '../queue/job-queue.js';
import type { Began, ControlRoot, Ended } from '../protocol/attempt-records.js';
import type { Credential, Hop } from '../transports/session.js';

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
  /** Its start was permitted: it may have begun, whatever else is known. Set here when this process permits it. */
  isPermitted: boolean;
  /** The control root that its start was permitted in. */
  controlRoot: ControlRoot | null;
  /** The physical path of the remote directory, as its start was permitted there. */
  directory: string | null;
  /** It runs, or has run: it is never started again. */
  began: Began | null;
  /** It has ended over there: what is left to do is to bring its output and its files. */
  ended: Ended | null;
  /** This process ended its program, since a cancel was wanted: that is its end, even where it could not be noted there. */
  isEndedByCancel?: boolean;
  /** A sentence about the start, for the message; set by whoever permits it. */
  note?: string | null;
  /** `running` by a version of this package that kept its control directory elsewhere: nobody can follow it any more. */
  isOfOldLayout: boolean;
  /** The server's record names another machine than the attempt was submitted for, or another way: changed behind our back. */
  isAddressChanged: boolean;
  isCancelRequested: boolean;
  /** Who submitted it; null: the host's own code, whose rights are not asked. */
  submittedBy: User | null;
  /** How often in a row its holder vanished while nothing new came of it. */
  holdersVanished: number;
  title: string;
  uuid: string;
  owner: string;
  ownerUsername: string;
  remoteDirectory: string;
  remoteFilename: string;
  /** Its text. */
  program: string;
  /** Host name and port are those of the submit. */
  server: ServerRecord;
  /** The jump hosts of the submit, the one that is reached from here first. */
  via: readonly Hop[];
  controlDirectory: string | null;
  interpreter: InterpreterRecord;
  /** The name to sign in with. */
  username: string;
  /** A password or key was given for this attempt. */
  hasCredential: boolean;
  logPolicy: LogPolicy;
  timeoutMs: number | null;
  /** null: every file; empty: none. */
  storeResults: string[] | null;
  /** Since when the server could not be reached, by this process's clock; null while it can. */
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
  lines: LineCount;
}

/** Attempts that were under way in the same directory, or below it, at the same time. */
export interface Neighbours {
  /** A sentence about one of another account in the same directory, or null. */
  note: string | null;
  /** Folders below the directory, each another attempt's. */
  inner: string[];
}

/** Before the first output. */
export const emptyLog: Readonly<LogHead> = {
  seq: 0,
  stdout: 0,
  stderr: 0,
  lines: { begun: 0, stdout: 0, stderr: 0 },
};

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

/** The account on a server that an attempt ran under. */
export interface Account {
  serverId: number;
  isRemote: boolean;
  username: string;
}

/** An attempt that has ended, and whose control directory is still to be cleaned, or to be removed (a day later). */
export type Leftovers = Pick<
  Claim,
  | 'attemptId'
  | 'jobId'
  | 'attempt'
  | 'uuid'
  | 'ownerUsername'
  | 'remoteDirectory'
  | 'controlRoot'
  | 'controlDirectory'
> & { isWhole: boolean };

/** A worker that is alive. */
export interface Presence {
  workerId: string;
  hostname: string;
  pid: number;
  /** How many attempts it carries out at the same time. */
  slots: number;
}

export interface AttemptStore {
  /** One conditional update: null when the attempt is final, held by a live lease, not due yet, or unknown. */
  claim(ticket: Ticket, holder: { workerId: string; leaseMs: number }): Promise<Claim | null>;
  /** Prolongs leases; says for each whether it is still held and whether a cancel is wanted. */
  renew(
    claims: readonly Claim[],
    leaseMs: number,
  ): Promise<{ attemptId: number; isHeld: boolean; isCancelRequested: boolean }[]>;
  /** The unsealed credential; empty when the app's own key is to be used. */
  credential(claim: Claim): Promise<Credential>;
  /**
   * Allows the start, in this control root, for good: until it has ended nobody else may start anything in this
   * directory of the account. Resolves to a sentence about an attempt of another account there, or null.
   * @throws ClaimLostError, also when a cancel is wanted or it was permitted in another control root;
   *   DirectoryInUseError, which names the other job
   */
  permit(claim: Claim, prepared: { controlRoot: ControlRoot; directory: string }): Promise<string | null>;
  /** Sets `running`, and who watches over the program where. `note`: for its message. @throws ClaimLostError */
  markRunning(claim: Claim, began: Began | null, note?: string | null): Promise<void>;
  /** Writes the end down, before anything else is asked of the server. @throws ClaimLostError */
  markEnded(claim: Claim, ended: Ended): Promise<void>;
  /** Forgets that the server was unreachable. @throws ClaimLostError */
  markReached(claim: Claim): Promise<void>;
  /** What is stored of the output. */
  logHead(claim: Claim): Promise<LogHead>;
  /** Stores chunks in order, numbered from `head.seq + 1`. Resolves to the new head. @throws ClaimLostError */
  appendLog(claim: Claim, head: LogHead, chunks: readonly NewLogChunk[]): Promise<LogHead>;
  /** Stores result rows. A name that is there already is kept as it is. @throws ClaimLostError */
  addResults(claim: Claim, results: readonly NewResult[]): Promise<void>;
  resultNames(claim: Claim): Promise<string[]>;
  /** Who else was under way there since the permit. */
  neighbours(claim: Claim): Promise<Neighbours>;
  /**
   * Gives the attempt up until `nextTryAt`, with a sentence about why. `tries`: the server is out of reach, and was
   * tried so often in a row. @throws ClaimLostError
   */
  defer(claim: Claim, until: { nextTryAt: Date; message: string; tries?: number }): Promise<void>;
  /** Lets the attempts that wait for a server be taken now. */
  wake(server: { hostname: string; port: number }): Promise<void>;
  /** Gives the attempt up at once, for another worker to take. */
  release(claim: Claim): Promise<void>;
  /** Writes the final state and deletes the sealed credential. @throws ClaimLostError */
  finish(claim: Claim, ending: Ending): Promise<void>;
  /** The control directories of these attempts are clean; where `isWhole`, gone. */
  forgetLeftovers(leftovers: readonly Pick<Leftovers, 'attemptId' | 'isWhole'>[]): Promise<void>;
  /**
   * Attempts of an account that ended a minute ago or earlier, and were not cleaned up after; and those that ended a day
   * ago or earlier, whose control directory is to go (`isWhole`).
   */
  findLeftovers(account: Account, limit: number): Promise<Leftovers[]>;
  /**
   * The number of the last time that warm connections to a machine became stale, since a key of an account was deleted
   * there or its host key was forgotten; null: never.
   */
  lastRetired(machine: { hostname: string; port: number }): Promise<number | null>;
  /** Attempts that are due and that nobody holds. */
  findUnheld(limit: number): Promise<Ticket[]>;
  /** A sign of life of a worker. */
  beat(worker: Presence): Promise<void>;
  /** The worker has stopped. */
  leave(workerId: string): Promise<void>;
}
