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

/** What processes tell each other: that something changed, and where to look. Never content, never a secret. */
export type Announcement =
  | { type: 'status'; event: StatusEvent; owner: string }
  | { type: 'log'; jobId: number; attempt: number; seq: number }
  | { type: 'cancel'; jobId: number; attempt: number }
  | { type: 'retire'; hostname: string; port: number; username?: string };
