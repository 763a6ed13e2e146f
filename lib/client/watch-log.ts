/** Watches a job's log: each chunk once and in order, across breaks, attempts and the end. */

import type { LogChunk, LogEvent, StatusEvent } from '../protocol/events.js';
import { isFinal } from '../protocol/job-status.js';
import { maxInteger } from '../protocol/max-integer.js';
import { isLasting, type DrsClientError } from './client-error.js';
import type { RestCalls } from './rest.js';
import type { SocketLink, Watch } from './socket-link.js';
import type { Job } from './types.js';
import { tellRefusal, type ConnectionState } from './watch-jobs.js';

/** Which log, and from where. */
export interface LogSelection {
  jobId: number;
  /** Left out: the newest, and each newer one that begins. */
  attempt?: number;
  /** The last `seq` that is known already. */
  after?: number;
  /** Begins with the last so many chunks, where nothing is known yet. Left out: with the first chunk. */
  tail?: number;
  /** Stays with the first attempt that is seen, also when a newer one begins. Default false. */
  isOneAttempt?: boolean;
}

/** What a viewer of a log hears. */
export interface LogHandlers {
  /** The job, at the start and whenever its state has changed. */
  onJob?(job: Job): void;
  /** A change of state, before `onJob` has the details. */
  onStatus?(event: StatusEvent): void;
  /** The attempt whose chunks follow; again when a newer one begins. */
  onAttempt?(attempt: number): void;
  /** With `tail`: chunks up to this `seq` were left out. */
  onSkipped?(seq: number): void;
  /** Chunks in order, each once. The next come after the returned promise. */
  onChunks?(chunks: LogChunk[]): void | Promise<void>;
  onConnection?(state: ConnectionState): void;
  /** The attempt is over, and every chunk of it was given. */
  onEnd?(job: Job): void;
  /** The server refuses for good. Without this handler, it is an uncaught error. */
  onRefused?(error: DrsClientError): void;
}

/** Announcements may be lost: after so long a silence, the job is looked up. */
const silenceMs = 30_000;
/** A watch on one log. */
export class LogWatch implements Watch {
  readonly jobId: number;
  readonly #rest: RestCalls;
  readonly #handlers: LogHandlers;
  readonly #isOneAttempt: boolean;
  readonly #tail: number | undefined;
  #isPinned: boolean;
  #attempt: number;
  #last: number;
  #head = 0;
  #job: Job | undefined;
  #link: SocketLink | undefined;
  #isWatching = false;
  #isEnded = false;
  #isStopped = false;
  #isDraining = false;
  #taking: Promise<void> = Promise.resolve();
  #looking: Promise<void> = Promise.resolve();
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(selection: LogSelection, handlers: LogHandlers, rest: RestCalls) {
    this.jobId = selection.jobId;
    this.#isOneAttempt = selection.isOneAttempt ?? false;
    this.#tail = selection.tail;
    this.#isPinned = selection.attempt !== undefined;
    this.#attempt = selection.attempt ?? -1;
    this.#last = selection.after ?? 0;
    this.#handlers = handlers;
    this.#rest = rest;
    if (selection.attempt !== undefined) handlers.onAttempt?.(selection.attempt);
  }

  async start(link: SocketLink): Promise<void> {
    this.#link = link;
    await this.#look();
    await this.#watch(link);
    // What changed between the first look and the watch was told to nobody.
    await this.#look();
    if (this.#isStopped) return;
    this.#handlers.onConnection?.('live');
    this.#listen();
    this.#finish();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#silence);
  }

  onLost(): void {
    this.#link = undefined;
    this.#isWatching = false;
    clearTimeout(this.#silence);
    if (!this.#isStopped) this.#handlers.onConnection?.('lost');
  }

  onRefused(error: DrsClientError): void {
    if (this.#isStopped) return;
    this.stop();
    tellRefusal(error, this.#handlers.onRefused?.bind(this.#handlers));
  }

  onStatus(event: StatusEvent): void {
    if (event.jobId !== this.jobId || this.#isStopped) return;
    this.#handlers.onStatus?.(event);
    void this.#refresh();
  }

  onLog(event: LogEvent): Promise<void> {
    this.#listen();
    if (!this.#isWatching) return Promise.resolve();
    return this.#take(event.attempt, event.chunks).then(() => this.#finish());
  }

  /** Frames that come before the answer belong to the watch before: taken now, they would tear a hole. */
  async #watch(link: SocketLink): Promise<void> {
    if (this.#tail !== undefined && this.#attempt > 0 && this.#last === 0) await this.#skip(link, this.#tail);
    const attempt = this.#attempt;
    const request = attempt > 0 ? { attempt, after: this.#last } : {};
    this.#isWatching = false;
    return link.ask<{ head: number }>('watch:log', { jobId: this.jobId, ...request }, ({ head }) => {
      if (attempt !== this.#attempt) return;
      this.#isWatching = true;
      this.#head = head;
    });
  }

  /** Leaves out all but the end of a long log. */
  #skip(link: SocketLink, tail: number): Promise<void> {
    const attempt = this.#attempt;
    // Beyond every `seq`: it asks for the head alone.
    const request = { jobId: this.jobId, attempt, after: maxInteger };
    return link.ask<{ head: number }>('watch:log', request, ({ head }) => {
      if (attempt !== this.#attempt || this.#isStopped || head <= tail) return;
      this.#last = head - tail;
      this.#handlers.onSkipped?.(this.#last);
    });
  }

  /** One look at a time: an older answer must not come after a newer one. */
  #look(): Promise<void> {
    const step = this.#looking.then(async () => this.#accept(await this.#rest.jobs.get(this.jobId)));
    this.#looking = step.catch(() => undefined);
    return step;
  }

  /** Takes what the job says; a newer attempt starts from its first chunk. */
  #accept(job: Job): void {
    if (this.#isStopped) return;
    this.#job = job;
    if (!this.#isPinned && job.attempt > this.#attempt) {
      // What the caller knew already belongs to the first attempt that is seen.
      if (this.#attempt > 0) this.#last = 0;
      this.#attempt = job.attempt;
      this.#head = 0;
      this.#isEnded = false;
      this.#isWatching = false;
      this.#isPinned = this.#isOneAttempt && job.attempt > 0;
      this.#handlers.onAttempt?.(job.attempt);
    }
    this.#handlers.onJob?.(job);
  }

  /** Looks the job up, and follows it to a newer attempt. */
  async #refresh(): Promise<void> {
    try {
      await this.#look();
      if (this.#link && !this.#isWatching) await this.#watch(this.#link);
      this.#finish();
    } catch (error) {
      if (isLasting(error)) this.onRefused(error);
    }
    this.#listen();
  }

  #take(attempt: number, chunks: readonly LogChunk[]): Promise<void> {
    const step = this.#taking.then(async () => {
      if (this.#isStopped || attempt !== this.#attempt) return;
      const fresh = chunks.filter(({ seq }) => seq > this.#last);
      const newest = fresh.at(-1);
      if (!newest) return;
      this.#last = newest.seq;
      await this.#handlers.onChunks?.(fresh);
    });
    this.#taking = step.catch(() => undefined);
    return step;
  }

  /** Says that the attempt is over, once nothing of it can be missing. */
  #finish(): void {
    const job = this.#job;
    if (!job || this.#isEnded || this.#isStopped || this.#isDraining || this.#attempt < 1) return;
    const isOver = job.attempt > this.#attempt || isFinal(job.status);
    if (!isOver || this.#last < this.#head) return;
    this.#isDraining = true;
    void this.#drain(job).finally(() => {
      this.#isDraining = false;
    });
  }

  /** Chunks may have come after `head` was told: the stored log has the last word. */
  async #drain(job: Job): Promise<void> {
    const attempt = this.#attempt;
    try {
      for (;;) {
        const page = await this.#rest.logPage(this.jobId, { attempt, after: this.#last, limit: 100 });
        if (attempt !== this.#attempt || this.#isStopped) return;
        await this.#take(attempt, page.items);
        if (page.items.length === 0 || page.next === null) break;
      }
    } catch (error) {
      if (isLasting(error)) this.onRefused(error);
      return this.#listen();
    }
    if (attempt !== this.#attempt || this.#isStopped) return;
    this.#isEnded = true;
    this.#handlers.onEnd?.(job);
  }

  #listen(): void {
    clearTimeout(this.#silence);
    if (this.#isStopped || this.#isEnded || !this.#link) return;
    this.#silence = setTimeout(() => void this.#refresh(), silenceMs);
  }
}
