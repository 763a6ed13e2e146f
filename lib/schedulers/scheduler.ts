/** The contract of schedulers: how a program is started on a server, followed, ended, and its files fetched. */

import type { Readable } from 'node:stream';
import type { Began, ControlRoot, FilesBefore } from '../protocol/attempt-records.js';
import type { Stream } from '../protocol/log-policy.js';
import type { Session } from '../transports/session.js';
import type { RunReport } from './run-report.js';
import type { TriedCommands, TriedDirectory, TryOptions } from './tried-server.js';

/** Where an attempt lives on its server. */
export interface AttemptLocation {
  /** The remote directory: absolute, or below the home directory; placeholders are filled in. */
  directory: string;
  /** `<job uuid>-<attempt>`: names the control directory in the control root. */
  name: string;
  /** As it is recorded with the attempt; null: not chosen yet. Where another `id` lies, the answer is `elsewhere`. */
  controlRoot: ControlRoot | null;
  /** Where the server's administrator wants the control root; null: `~/.drs`. */
  controlDirectory: string | null;
}

/** What to put on a server. */
export interface CopyPlan extends AttemptLocation {
  filename: string;
  program: Buffer;
}

/** What to start. */
export interface RunPlan extends CopyPlan {
  /** The fencing number of the claim. */
  fence: number;
  interpreter: { path: string; arguments: readonly string[] };
  /** A limit that somebody asked for; the server itself keeps it. */
  timeoutMs: number | null;
  /** Pass the output on as it is printed; false: none, it is read at the end. */
  isLive: boolean;
  /** Report the files that were made or changed. */
  isListing: boolean;
  /** Bytes of each stream that are known already: what is passed on begins there. */
  from: { stdout: number; stderr: number };
  /** The database knows that it began: it is attached to, and never started, whatever is found. */
  began: Began | null;
  /**
   * Asked once the program lies ready; it is started only when this resolves. `directory`: the physical path of the
   * remote directory. `run` fails as it does.
   */
  permit(prepared: { controlRoot: ControlRoot; directory: string }): Promise<void>;
}

/** Told while an attempt is followed. */
export interface RunFollower {
  /** Where it is prepared: nothing is permitted yet. */
  onLocated?(controlRoot: ControlRoot): void;
  /**
   * It runs: it was started now, or had been before; `followed`: on another machine than the one that answers. No
   * output is passed on before the promise resolves. `run` fails as it does, and the program runs on.
   */
  onBegan(how: 'started' | 'attached' | 'followed', began: Began): Promise<void>;
  /** Output in the order of each stream; while the promise is pending, no more is read. */
  onOutput(stream: Stream, bytes: Buffer): void | Promise<void>;
  /** Aborted: stops following the program, which runs on; `run` rejects. */
  signal?: AbortSignal;
}

/** Which bytes of the output to read: offsets from 0, and how many at the most. */
export interface ReadRequest {
  from: { stdout: number; stderr: number };
  bytes: { stdout: number; stderr: number };
  onOutput(stream: Stream, bytes: Buffer): void | Promise<void>;
  signal?: AbortSignal;
}

/** A regular file as it was listed. */
export interface FoundFile {
  /** Below the remote directory, with `/`. */
  name: string;
  /** Bytes. */
  size: number;
  /** Inode, size and times, as finely as the server tells them: another one means that the file was changed. */
  signature: string;
}

/** Things that were left out: how many, and the first names. */
export interface Left {
  count: number;
  names: string[];
}

/** What was made or changed in the remote directory, and what of it can be no result. */
export interface Listing {
  files: FoundFile[];
  /** Symbolic links: they are never followed. */
  links: Left;
  /** Pipes, sockets and devices. */
  special: Left;
  /** Names that are no UTF-8, as `caf\xe9.csv`. */
  nameless: Left;
  /** Folders that could not be read. */
  unreadable: Left;
  /** Folders that are another attempt's. */
  others: Left;
  /** There were so many names that the rest was not looked at. */
  isCut: boolean;
  /** The list of what was there before is gone or not whole: where it says nothing, the time of the last change decided. */
  isByTime: boolean;
  /** What was lacking over there, as a sentence; null: nothing. */
  problem: string | null;
}

/** What the files of an attempt are told from. */
export interface ListRequest {
  /** The program's name over there. */
  filename: string;
  program: Buffer;
  before: FilesBefore;
  /** Folders below the remote directory that are another attempt's. */
  without: readonly string[];
  signal?: AbortSignal;
}

/** Which files to fetch, and who takes them. */
export interface FetchRequest {
  files: readonly FoundFile[];
  /** Takes one file: `content` is read to its end before the next one comes. */
  onFile(file: FoundFile, content: Readable): Promise<void>;
  signal?: AbortSignal;
}

/** Names that did not come whole. */
export interface Fetched {
  /** Changed while they were read, or since they were listed, with their new sizes and signatures. */
  changed: FoundFile[];
  /** Could not be read, or are gone. */
  missing: string[];
  /** What was lacking over there, as a sentence. */
  problem: string | null;
}

/** `elsewhere`: asked of another machine, or another control root lies there. Nothing is known; ask again elsewhere. */
export type CancelAnswer = 'never' | 'ended-before' | 'ended' | 'elsewhere';

/**
 * How programs are started on a server, and ended: at once, or by a batch system. What they leave there is the workspace's,
 * which schedulers may share. All may throw TransportError.
 */
export interface Scheduler {
  /** The files of its attempts. */
  readonly workspace: Workspace;
  /** Starts the attempt, or attaches to it, and follows it to its end. */
  run(session: Session, plan: RunPlan, follower: RunFollower): Promise<RunReport>;
  /** Ends the whole process tree, also when it is let go meanwhile. `never`: it was not started, and never will be. */
  cancel(
    session: Session,
    location: AttemptLocation,
    options: { fence: number; began: Began | null; signal?: AbortSignal },
  ): Promise<CancelAnswer>;
  /** What the batch system says of itself. Left out: there is none. @throws DrsError when it cannot be used */
  trySystem?(session: Session, options?: TryOptions): Promise<string>;
}

/** Where an attempt's program, its output and its files lie on a server, whatever starts it. All may throw TransportError. */
export interface Workspace {
  /** What an attempt that has ended made or changed. */
  listFiles(session: Session, location: AttemptLocation, options: ListRequest): Promise<Listing>;
  readOutput(session: Session, location: AttemptLocation, request: ReadRequest): Promise<void>;
  fetchFiles(session: Session, location: AttemptLocation, request: FetchRequest): Promise<Fetched>;
  /** Puts the program there and does not run it. */
  copy(session: Session, plan: CopyPlan, options?: { signal?: AbortSignal }): Promise<RunReport>;
  /**
   * Removes what attempts that have ended left: all but `begun` and `exit`, or the whole control directory. Resolves to
   * the names that are clean: not those whose program still runs.
   */
  clean(
    session: Session,
    locations: readonly (AttemptLocation & { isWhole: boolean })[],
    options?: { signal?: AbortSignal },
  ): Promise<string[]>;
  /** Which commands that it needs, and which interpreters, are missing on the server. Left out: it cannot tell. */
  tryCommands?(
    session: Session,
    interpreters: readonly { name: string; path: string }[],
    options?: TryOptions,
  ): Promise<TriedCommands>;
  /** Makes the control root where attempts would have it, and writes there. Left out: it cannot tell. */
  tryDirectory?(session: Session, preferred: string | null, options?: TryOptions): Promise<TriedDirectory>;
}
