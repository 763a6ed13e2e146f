/** States that were announced. An announcement is only a hint: the database says what viewers are told. */

import { setTimeout as delay } from 'node:timers/promises';
import type { StatusEvent } from '../protocol/events.js';
import type { JobStatus } from '../protocol/job-status.js';
import { oneAtATime } from '../one-at-a-time.js';
import type { JobState } from '../store/read-statuses.js';

/** Jobs that are looked up at once, at the most; and so many are remembered. */
const mostJobs = 1_000;
/** How long to wait after the database could not be read. */
const retryMs = 1_000;

export interface AnnouncedStatesOptions {
  /** How these jobs stand now. */
  find(jobIds: readonly number[]): Promise<JobState[]>;
  /** Tells whom it concerns; resolves when they were told. */
  tell(event: StatusEvent, owner: string): Promise<void>;
  /** Called when more was announced than could be looked up. */
  onMissed(): void;
  onError(error: unknown): void;
}

/** One read tells of all that was announced while the one before was under way. */
export class AnnouncedStates {
  readonly #options: AnnouncedStatesOptions;
  readonly #told = new Map<number, StatusEvent>();
  readonly #look = oneAtATime(() => this.#tellAnnounced());
  #announced = new Map<number, Set<JobStatus>>();
  #hasMissed = false;

  constructor(options: AnnouncedStatesOptions) {
    this.#options = options;
  }

  /** Something may have happened to a job. */
  hear({ jobId, status }: { jobId: number; status: JobStatus }): void {
    const statuses = this.#announced.get(jobId);
    if (statuses) statuses.add(status);
    else if (this.#announced.size < mostJobs) this.#announced.set(jobId, new Set([status]));
    else this.#hasMissed = true;
    this.#look();
  }

  /** What was announced is of no interest any more. */
  forget(): void {
    this.#announced.clear();
  }

  async #tellAnnounced(): Promise<void> {
    const announced = this.#announced;
    if (announced.size === 0) return;
    this.#announced = new Map();
    try {
      const states = await this.#options.find([...announced.keys()]);
      await Promise.all(states.map((state) => this.#tell(state, announced.get(state.event.jobId))));
    } catch (error) {
      this.#options.onError(error);
      for (const [jobId, statuses] of this.#announced) announced.set(jobId, statuses);
      this.#announced = announced;
      await delay(retryMs, undefined, { ref: false });
      this.#look();
    }
    if (!this.#hasMissed) return;
    this.#hasMissed = false;
    this.#options.onMissed();
  }

  async #tell(state: JobState, announced: ReadonlySet<JobStatus> = new Set()): Promise<void> {
    const { event, owner } = state;
    const last = this.#told.get(event.jobId);
    const passed = passedBefore(state, announced, last);
    const news = JSON.stringify(last) === JSON.stringify(event) ? passed : [...passed, event];
    this.#remember(event);
    await Promise.all(news.map((one) => this.#options.tell(one, owner)));
  }

  #remember(event: StatusEvent): void {
    this.#told.delete(event.jobId);
    this.#told.set(event.jobId, event);
    const [oldest] = this.#told.keys();
    if (this.#told.size > mostJobs && oldest !== undefined) this.#told.delete(oldest);
  }
}

/**
 * What the newest attempt has just passed on its way, and nobody was told: a quick job is seen to run, too. Where nothing
 * was told of the job yet, it begins with what was announced.
 */
function passedBefore(
  { event, submittedAt, startedAt }: JobState,
  announced: ReadonlySet<JobStatus>,
  last: StatusEvent | undefined,
): StatusEvent[] {
  const passed: StatusEvent[] = [];
  for (const [status, time] of [
    ['submitted', submittedAt],
    ['running', startedAt],
  ] as const) {
    const modified = time?.toISOString();
    if (modified === undefined || status === event.status) continue;
    const isNews = last ? modified > last.modified : passed.length > 0 || announced.has(status);
    if (isNews) passed.push({ ...event, status, failureReason: null, modified });
  }
  return passed;
}
