/** The events that a viewer receives, and the announcements that processes send each other. */

import type { FailureReason, JobStatus } from './job-status.js';
import type { Stream } from './log-policy.js';

/** What the `status` event carries. */
export interface StatusEvent {
  jobId: number;
  /** 0 before the first submit. */
  attempt: number;
  title: string;
  status: JobStatus;
  failureReason: FailureReason | null;
  /** ISO 8601, UTC. */
  modified: string;
}

/** A chunk of output as viewers get it. */
export interface LogChunk {
  /** Starts at 1 for each attempt and rises by one, over both streams. */
  seq: number;
  stream: Stream;
  /** Bytes of this stream before this chunk. */
  offset: number;
  /** The number of the line that its first byte belongs to. Lines count from 1, as they begin, over both streams. */
  line: number;
  /** Lines of both streams that have begun before it. */
  linesBefore: number;
  /** When the chunk was read, ISO 8601, UTC. */
  time: string;
  /** The bytes decoded as UTF-8; what is not UTF-8 becomes U+FFFD. */
  content: string;
}

/** What the `log` event carries. */
export interface LogEvent {
  jobId: number;
  attempt: number;
  chunks: LogChunk[];
}

/**
 * What processes tell each other: that something may have changed, and where to look. Anybody who reaches the bus can
 * say it, so it is never believed: whoever hears it asks the database. Never content, never a secret.
 */
export type Announcement =
  | { type: 'status'; jobId: number; attempt: number; status: JobStatus }
  | { type: 'log'; jobId: number; attempt: number; seq: number }
  | { type: 'cancel'; jobId: number; attempt: number }
  /** A key of an account there was deleted, or the machine's host key was forgotten. */
  | { type: 'retire'; hostname: string; port: number }
  /** Somebody's sessions were ended. */
  | { type: 'sessions_ended' };
