/** The contract of schedulers: how a program is started on a server, followed, ended, and its files fetched. */

import type { Readable } from 'node:stream';
import type { Stream } from '../core/log-policy.js';
import type { Session } from '../transports/session.js';
import type { RunReport } from './run-report.js';

/** Where an attempt lives on its server. */
export interface AttemptPlace {
  /** Absolute, or below the home directory; placeholders are filled in. */
  directory: string;
  /** `<job uuid>-<attempt>`: the control directory is `.drs/<name>/`. */
  name: string;
}

/** What to put on a server. */
export interface CopyPlan extends AttemptPlace {
  filename: string;
  program: Buffer;
}

/** What to start. */
export interface RunPlan extends CopyPlan {
  interpreter: { path: string; arguments: readonly string[] };
  timeoutMs: number | null;
  /** Follow the output as it is printed. */
  isLive: boolean;
  /** Report the files that were made or changed. */
  isListing: boolean;
  /** Bytes of each stream that are known already. */
  from: { stdout: number; stderr: number };
  /** Nothing is done on the server before this resolves; `run` fails as it does. */
  allowed: Promise<void>;
}

/** Told while an attempt is followed. */
export interface RunFollower {
  /** `attached`: it had been started before. */
  onReady?(how: 'started' | 'attached'): void;
  /** Output in the order of each stream; while the promise is pending, no more is read. */
  onOutput(stream: Stream, bytes: Buffer): void | Promise<void>;
  /** Lets go of the program, which runs on. */
  signal?: AbortSignal;
}

/** Which bytes of the output to read: offsets from 0, and how many at the most. */
export interface ReadRequest {
  from: { stdout: number; stderr: number };
  bytes: { stdout: number; stderr: number };
  onOutput(stream: Stream, bytes: Buffer): void | Promise<void>;
  signal?: AbortSignal;
}

/** Which files to fetch, as paths below the directory, and who reads the tar stream. */
export interface FetchRequest {
  names: readonly string[];
  onTar(tar: Readable): Promise<void>;
  signal?: AbortSignal;
}

/** What can be done with an attempt on its server. All may throw TransportError. */
export interface Scheduler {
  /** Starts the attempt, or attaches to it, and follows it to its end. */
  run(session: Session, plan: RunPlan, follower: RunFollower): Promise<RunReport>;
  /** Ends the whole process tree, also when it is let go meanwhile. `never-started`: and it never will be. */
  cancel(
    session: Session,
    place: AttemptPlace,
    options?: { signal?: AbortSignal },
  ): Promise<'never-started' | 'ended-before' | 'ended'>;
  readOutput(session: Session, place: AttemptPlace, request: ReadRequest): Promise<void>;
  /** Resolves to the names of files that changed while they were read. */
  fetchFiles(session: Session, place: AttemptPlace, request: FetchRequest): Promise<string[]>;
  /** Puts the program there and does not run it. */
  copy(session: Session, plan: CopyPlan, options?: { signal?: AbortSignal }): Promise<RunReport>;
  /**
   * Removes what attempts that have ended left in their control directories; their claims stay. Resolves to the names
   * that are clean: not those whose program still runs.
   */
  clean(
    session: Session,
    places: readonly AttemptPlace[],
    options?: { signal?: AbortSignal },
  ): Promise<string[]>;
}
