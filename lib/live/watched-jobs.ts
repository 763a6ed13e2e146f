/** The jobs whose logs are watched in this process: hears announcements, and looks where none may have come. */

import type { StatusEvent } from '../protocol/events.js';
import { isActive, isFinal } from '../protocol/job-status.js';
import type { LiveDependencies } from './live-dependencies.js';
import { presentChunk } from '../domain/present-chunk.js';
import { LogFeed } from './log-feed.js';
import type { LogViewer } from './log-viewer.js';

interface WatchedJob {
  readonly viewers: Set<LogViewer>;
  readonly feeds: Map<number, LogFeed>;
  /** The newest state that was heard of; undefined before the first look. */
  status: StatusEvent | undefined;
}

/** Chunks of one read; their bytes are bounded too. */
const maxChunks = 1000;

export class WatchedJobs {
  readonly #dependencies: LiveDependencies;
  readonly #jobs = new Map<number, WatchedJob>();
  readonly #onStatus: (event: StatusEvent) => void;

  /** @param onStatus told of states that were found, not announced */
  constructor(dependencies: LiveDependencies, onStatus: (event: StatusEvent) => void) {
    this.#dependencies = dependencies;
    this.#onStatus = onStatus;
  }

  add(jobId: number, viewer: LogViewer): void {
    const job = this.#jobOf(jobId);
    job.viewers.add(viewer);
    // What was announced between the caller's look and now went past this viewer.
    this.#findStatus(jobId, job).catch((error: unknown) => this.#report(jobId, error));
  }

  remove(jobId: number, viewer: LogViewer): void {
    const job = this.#jobs.get(jobId);
    job?.viewers.delete(viewer);
    if (job?.viewers.size === 0) this.#jobs.delete(jobId);
  }

  /** True when somebody in this process watches its log. */
  has(jobId: number): boolean {
    return this.#jobs.has(jobId);
  }

  feedOf(jobId: number, attempt: number): LogFeed {
    const { feeds } = this.#jobOf(jobId);
    let feed = feeds.get(attempt);
    if (!feed) {
      feed = this.#createFeed(jobId, attempt);
      feeds.set(attempt, feed);
      void this.#look(jobId, attempt, feed);
    }
    return feed;
  }

  leaveFeed(jobId: number, attempt: number): void {
    const feeds = this.#jobs.get(jobId)?.feeds;
    if (feeds?.get(attempt)?.hasListeners === false) feeds.delete(attempt);
  }

  announceLog({ jobId, attempt, seq }: { jobId: number; attempt: number; seq: number }): void {
    this.#jobs.get(jobId)?.feeds.get(attempt)?.announce(seq);
  }

  /** @param event as the database has it */
  announceStatus(event: StatusEvent): void {
    const job = this.#jobs.get(event.jobId);
    if (!job) return;
    job.status = event;
    for (const viewer of job.viewers) viewer.followTo(event.attempt);
    if (!isFinal(event.status)) return;
    // The last look: from now on nothing is checked any more.
    for (const [attempt, feed] of job.feeds) void this.#look(event.jobId, attempt, feed);
  }

  /** Looks for what was not announced: at all jobs, or only at those where something should happen. */
  async check(which: 'all' | 'active'): Promise<void> {
    for (const [jobId, job] of [...this.#jobs]) {
      if (which === 'active' && job.status && !isActive(job.status.status)) continue;
      try {
        await this.#checkJob(jobId, job);
      } catch (error) {
        this.#report(jobId, error);
      }
    }
  }

  async #checkJob(jobId: number, job: WatchedJob): Promise<void> {
    await this.#findStatus(jobId, job);
    for (const [attempt, feed] of job.feeds) {
      feed.startAt(await this.#dependencies.store.logs.lastSeqOf(jobId, attempt));
    }
  }

  async #findStatus(jobId: number, job: WatchedJob): Promise<void> {
    const found = await this.#dependencies.store.statuses.statusOf(jobId);
    if (!found) {
      // Deleted: nothing follows.
      for (const viewer of job.viewers) viewer.stop();
      this.#jobs.delete(jobId);
      return;
    }
    const known = job.status;
    if (known && known.modified > found.modified) return;
    this.announceStatus(found);
    if (known && (known.status !== found.status || known.attempt !== found.attempt)) this.#onStatus(found);
  }

  async #look(jobId: number, attempt: number, feed: LogFeed): Promise<void> {
    try {
      feed.startAt(await this.#dependencies.store.logs.lastSeqOf(jobId, attempt));
    } catch (error) {
      this.#report(jobId, error);
    }
  }

  #createFeed(jobId: number, attempt: number): LogFeed {
    const read = async (after: number, maxBytes: number) => {
      const selection = { jobId, attempt, after, limit: maxChunks, maxBytes };
      return (await this.#dependencies.store.logs.read(selection)).map(presentChunk);
    };
    return new LogFeed(read, (error) => this.#report(jobId, error));
  }

  #jobOf(jobId: number): WatchedJob {
    let job = this.#jobs.get(jobId);
    if (!job) {
      job = { viewers: new Set(), feeds: new Map(), status: undefined };
      this.#jobs.set(jobId, job);
    }
    return job;
  }

  #report(jobId: number, error: unknown): void {
    this.#dependencies.logger.error({ jobId, err: error }, 'the log of a watched job could not be read');
  }
}
