/** What `<drs-job-log>` does while it is on the page. */

import type { LogChunk } from '../../protocol/events.js';
import { isFinal, type JobStatus } from '../../protocol/job-status.js';
import type { DrsClientError } from '../client-error.js';
import type { PageClient } from '../page-client.js';
import type { Job } from '../types.js';
import type { ConnectionState } from '../watch-jobs.js';
import { setBadge } from './badge.js';
import { setText } from './dom.js';
import { LogActions } from './log-actions.js';
import { createLogFrame, type LogFrame } from './log-frame.js';
import { announcement, showHeader } from './log-header.js';
import { LogOutput } from './log-output.js';
import { showRaw, showResults } from './log-results.js';
import { showHits, wireTools } from './log-tools.js';
import { refusalWords } from './words.js';

/** What a view shows, and whom it tells. */
export interface LogViewOptions {
  root: ShadowRoot;
  client: PageClient;
  jobId: number;
  /** Left out: the newest, and each newer one that begins. */
  attempt?: number;
  /** Fires an event on the element. */
  fire: (name: 'drs-status' | 'drs-end', detail: object) => void;
}

/** The end that is shown first: half a megabyte at most. What else is in sight is loaded then. */
const tailChunks = 8;

/** A log on the page. */
export class JobLogView {
  readonly #options: LogViewOptions;
  readonly #frame: LogFrame;
  readonly #output: LogOutput;
  readonly #actions: LogActions;
  readonly #stopTools: () => void;
  readonly #stopWatch: () => void;
  #clock: ReturnType<typeof setInterval> | undefined;
  #job: Job | undefined;
  #attempt = 0;
  #told = '';
  #wasLost = false;

  constructor(options: LogViewOptions) {
    this.#options = options;
    const frame = createLogFrame(options.root);
    this.#frame = frame;
    const host = options.root.host as HTMLElement;
    const output = new LogOutput(frame, host, () => showHits(frame, output));
    this.#output = output;
    this.#actions = new LogActions(frame, options.client);
    this.#stopTools = wireTools(frame, output, host);
    frame.follow.addEventListener('click', () => {
      output.follow();
      frame.scroller.focus({ preventScroll: true });
    });
    this.#stopWatch = this.#watch();
  }

  close(): void {
    this.#stopWatch();
    this.#stopTools();
    this.#output.close();
    this.#actions.stop();
    clearInterval(this.#clock);
  }

  #watch(): () => void {
    const { client, jobId, attempt } = this.#options;
    return client.watchLog(
      { jobId, attempt, tail: tailChunks },
      {
        onJob: (job) => this.#showJob(job),
        onStatus: ({ attempt: of, status }) => {
          if (of === this.#attempt) setBadge(this.#frame.badge, status);
        },
        onAttempt: (next) => this.#begin(next),
        onChunks: (chunks) => this.#append(chunks),
        onConnection: (state) => this.#showConnection(state),
        onEnd: (job) => void this.#end(job),
        onRefused: (error) => this.#refuse(error),
      },
    );
  }

  #begin(attempt: number): void {
    this.#attempt = attempt;
    const { client, jobId } = this.#options;
    this.#output.begin({
      read: (range) => client.logPage(jobId, { attempt, limit: 1000, ...range }),
      search: (q, after) => client.searchLog(jobId, { attempt, q, after, limit: 10_000 }),
    });
    this.#frame.results.hidden = true;
    this.#frame.empty.hidden = false;
    if (attempt > 0) showRaw(this.#frame, this.#options.client, { jobId: this.#options.jobId, attempt });
  }

  #append(chunks: readonly LogChunk[]): void {
    this.#output.append(chunks);
    this.#frame.empty.hidden = !this.#output.isEmpty;
  }

  #showJob(job: Job): void {
    this.#job = job;
    showHeader(this.#frame, job, this.#attempt);
    this.#actions.show(job.attempt === this.#attempt ? job : null);
    this.#keepTime(job);
    const { id: jobId, attempt, title, status, failureReason } = job;
    if (attempt !== this.#attempt) return;
    const state = `${attempt} ${status}`;
    if (state === this.#told) return;
    // The first state is read with the page; only changes are worth a word.
    if (this.#told !== '') setText(this.#frame.announcer, announcement(job));
    this.#told = state;
    this.#options.fire('drs-status', {
      jobId,
      attempt,
      title,
      status,
      failureReason,
      modified: job.updatedAt,
    });
  }

  /** The duration of a running job goes on. */
  #keepTime({ status }: { status: JobStatus }): void {
    clearInterval(this.#clock);
    if (status !== 'running') return;
    this.#clock = setInterval(() => {
      if (this.#job) showHeader(this.#frame, this.#job, this.#attempt);
    }, 1000);
  }

  #showConnection(state: ConnectionState): void {
    const { connection } = this.#frame;
    connection.hidden = state === 'live';
    if (state === 'live') this.#output.retry();
    if (state === 'lost') setText(connection, 'No connection. Trying again; nothing will be missing.');
    else if (this.#wasLost) setText(this.#frame.announcer, 'Connected again.');
    this.#wasLost = state === 'lost';
  }

  async #end(job: Job): Promise<void> {
    const { client, jobId, fire } = this.#options;
    const attempt = this.#attempt;
    try {
      const results = await client.results(jobId, { attempt });
      if (attempt === this.#attempt) showResults(this.#frame, client, { jobId, attempt, results });
    } catch (error) {
      setText(this.#frame.results, `The results cannot be shown: ${(error as Error).message}`);
      this.#frame.results.hidden = false;
    }
    const isNewest = job.attempt === attempt && isFinal(job.status);
    fire('drs-end', {
      jobId,
      attempt,
      status: isNewest ? job.status : null,
      failureReason: isNewest ? job.failureReason : null,
    });
  }

  #refuse(error: DrsClientError): void {
    const { refusal, viewport, bar, connection, header } = this.#frame;
    setText(refusal, refusalWords(error, `job ${this.#options.jobId}`));
    refusal.hidden = false;
    connection.hidden = true;
    // What was shown before stays readable, what was never there needs no room.
    if (this.#output.isEmpty) {
      viewport.hidden = bar.hidden = true;
      header.hidden = this.#job === undefined;
    }
    clearInterval(this.#clock);
  }
}
