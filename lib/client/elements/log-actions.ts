/** Cancel and run again, where the server allows it. */

import { isFinal } from '../../protocol/job-status.js';
import { DrsClientError } from '../client-error.js';
import type { PageClient } from '../page-client.js';
import type { Job } from '../types.js';
import { setText } from './dom.js';
import type { LogFrame } from './log-frame.js';

const sureMs = 5000;

/** The two buttons in the header. */
export class LogActions {
  readonly #frame: LogFrame;
  readonly #client: PageClient;
  readonly #refused = new Set<HTMLButtonElement>();
  #job: Job | undefined;
  #sure: ReturnType<typeof setTimeout> | undefined;

  constructor(frame: LogFrame, client: PageClient) {
    this.#frame = frame;
    this.#client = client;
    frame.cancel.addEventListener('click', () => this.#cancel());
    frame.again.addEventListener('click', () => {
      void this.#ask(frame.again, ({ id }) => client.jobs.retry(id));
    });
  }

  /** Offers what fits the job; null: nothing. */
  show(job: Job | null): void {
    const { cancel, again, problem } = this.#frame;
    const before = this.#job;
    this.#job = job ?? undefined;
    const isActive = job !== null && (job.status === 'submitted' || job.status === 'running');
    const isOver = job !== null && job.attempt > 0 && isFinal(job.status);
    this.#offer(cancel, isActive && job.allowed.cancel);
    this.#offer(again, isOver && job.allowed.submit);
    if (!isActive) this.#reset();
    if (before?.status !== job?.status) problem.hidden = true;
  }

  stop(): void {
    clearTimeout(this.#sure);
  }

  #offer(button: HTMLButtonElement, isOffered: boolean): void {
    button.hidden = !isOffered || this.#refused.has(button);
  }

  /** A run may have taken days: one slip of the finger does not end it. */
  #cancel(): void {
    const { cancel, announcer } = this.#frame;
    if (cancel.dataset.sure === undefined) {
      cancel.dataset.sure = '';
      setText(cancel, 'Really cancel?');
      setText(announcer, 'Press again to cancel the job.');
      this.#sure = setTimeout(() => this.#reset(), sureMs);
    } else {
      this.#reset();
      void this.#ask(cancel, ({ id }) => this.#client.jobs.cancel(id));
    }
  }

  #reset(): void {
    clearTimeout(this.#sure);
    delete this.#frame.cancel.dataset.sure;
    setText(this.#frame.cancel, 'Cancel');
  }

  async #ask(button: HTMLButtonElement, act: (job: Job) => Promise<unknown>): Promise<void> {
    const { problem } = this.#frame;
    if (!this.#job) return;
    button.disabled = true;
    problem.hidden = true;
    try {
      await act(this.#job);
    } catch (error) {
      setText(problem, (error as Error).message);
      problem.hidden = false;
      // No right to it: there is no use in asking again.
      const isRefused = error instanceof DrsClientError && [401, 403, 404].includes(error.status);
      if (isRefused) this.#refused.add(button);
      if (isRefused) button.hidden = true;
    } finally {
      button.disabled = false;
    }
  }
}
