/** One viewer of one job's log: its own place in the log, at its own pace. */

import type { LogChunk, LogEvent } from '../protocol/events.js';
import { weightOf, type LogFeed } from './log-feed.js';

/** Bytes and frames that a viewer may have on the way without an acknowledgement. */
const maxUnacknowledged = { bytes: 256 * 1024, frames: 32 };
/** How long a viewer waits after the database could not be read. */
const retryMs = 1000;

export interface LogViewerOptions {
  jobId: number;
  attempt: number;
  /** The last number that the viewer has. */
  after: number;
  /** True when no attempt was named: goes on with each newer attempt. */
  isFollowing: boolean;
  feedOf: (attempt: number) => LogFeed;
  /** Called when the viewer is done with the feed of an attempt. */
  leave: (attempt: number) => void;
  /** Resolves when the viewer has acknowledged, rejects when it is silent or gone. */
  send: (event: LogEvent) => Promise<void>;
  /** Asked now and then: may it still see this? */
  isAllowed: () => Promise<boolean>;
  onError: (error: unknown) => void;
  /** Nothing follows. */
  onStop?: () => void;
}

/** Sends a log on, from a number, each chunk once and in order, and never more than the viewer takes. */
export class LogViewer {
  readonly #options: LogViewerOptions;
  readonly #notice = (): void => this.#wake();
  readonly #unacknowledged = new Set<Promise<void>>();
  #bytes = 0;
  #attempt: number;
  #newestAttempt: number;
  #cursor: number;
  #feed: LogFeed;
  #isStopped = false;
  #wake: () => void = () => undefined;

  constructor(options: LogViewerOptions) {
    this.#options = options;
    this.#attempt = options.attempt;
    this.#newestAttempt = options.attempt;
    this.#cursor = options.after;
    this.#feed = this.#join(options.attempt);
  }

  get feed(): LogFeed {
    return this.#feed;
  }

  /** A newer attempt has begun: whatever follows the newest goes there when the old one is read to its end. */
  followTo(attempt: number): void {
    if (!this.#options.isFollowing || attempt <= this.#newestAttempt) return;
    this.#newestAttempt = attempt;
    this.#wake();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#leave();
    this.#wake();
    this.#options.onStop?.();
  }

  /** Sends until it is stopped. Never throws. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#step();
      } catch (error) {
        this.#options.onError(error);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  async #step(): Promise<void> {
    const isOver = this.#newestAttempt > this.#attempt;
    // Of an attempt that is over, the end may not have been announced yet, but it is stored.
    const chunks = await (isOver ? this.#feed.stored(this.#cursor) : this.#feed.after(this.#cursor));
    const last = chunks.at(-1);
    if (last) {
      if (await this.#options.isAllowed()) await this.#send(chunks);
      else this.stop();
      this.#cursor = last.seq;
    } else if (isOver) {
      this.#leave();
      this.#cursor = 0;
      this.#attempt = this.#newestAttempt;
      this.#feed = this.#join(this.#attempt);
    } else {
      await this.#until(() => this.#feed.head > this.#cursor || this.#newestAttempt > this.#attempt);
    }
  }

  async #send(chunks: LogChunk[]): Promise<void> {
    const bytes = weightOf(chunks);
    await this.#until(
      () => this.#bytes < maxUnacknowledged.bytes && this.#unacknowledged.size < maxUnacknowledged.frames,
    );
    if (this.#isStopped) return;
    const { jobId, send } = this.#options;
    this.#bytes += bytes;
    const sending = send({ jobId, attempt: this.#attempt, chunks }).then(
      () => {
        this.#bytes -= bytes;
        this.#unacknowledged.delete(sending);
        this.#wake();
      },
      () => this.stop(),
    );
    this.#unacknowledged.add(sending);
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!this.#isStopped && !isTrue()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #join(attempt: number): LogFeed {
    const feed = this.#options.feedOf(attempt);
    feed.add(this.#notice);
    return feed;
  }

  #leave(): void {
    this.#feed.remove(this.#notice);
    this.#options.leave(this.#attempt);
  }
}
