/** What `<drs-job-list>` does while it is on the page. */

import type { StatusEvent } from '../../protocol/events.js';
import { isLasting, type DrsClientError } from '../client-error.js';
import type { PageClient } from '../page-client.js';
import type { ListedJob } from '../types.js';
import { setText } from './dom.js';
import { firstJobs } from './first-jobs.js';
import { ListFilters } from './job-list-filters.js';
import { JobListRow } from './job-list-row.js';
import { createListFrame, type ListFrame } from './list-frame.js';
import { refusalWords } from './words.js';

/** What a view shows, and whom it asks. */
export interface ListViewOptions {
  root: ShadowRoot;
  client: PageClient;
  /** Jobs that are shown at the start, and that come at a press for more. */
  limit: number;
  /** What is shown at the start. */
  filters: { status: string | null; server: string | null };
  /** The address of a job's page. */
  hrefOf: (jobId: number) => string;
  /** Opens a job. */
  open: (job: { jobId: number; title: string; href: string }, event: MouseEvent) => void;
}

const ageStepMs = 15_000;

/** The newest jobs on the page. */
export class JobListView {
  readonly #options: ListViewOptions;
  readonly #frame: ListFrame;
  readonly #filters: ListFilters;
  readonly #rows = new Map<number, JobListRow>();
  readonly #asked = new Set<number>();
  readonly #stopWatch: () => void;
  readonly #clock: ReturnType<typeof setInterval>;
  #hasMore = false;

  /** The most jobs that are shown. */
  #most: number;

  constructor(options: ListViewOptions) {
    this.#options = options;
    this.#most = options.limit;
    this.#filters = new ListFilters(options.filters, () => void this.#load());
    this.#frame = createListFrame(options.root, this.#filters.element);
    this.#frame.more.addEventListener('click', () => void this.#loadMore());
    this.#clock = setInterval(() => this.#rows.forEach((row) => row.tick()), ageStepMs);
    this.#stopWatch = options.client.watchJobs(
      { limit: options.limit },
      {
        onStatus: (event) => this.#take(event),
        onConnection: (state) => {
          if (state === 'live') this.#reload();
          this.#say(state === 'live' ? '' : 'No connection. Trying again.', 'waiting');
        },
        onRefused: (error) => this.#refuse(error),
      },
    );
  }

  close(): void {
    this.#stopWatch();
    this.#filters.stop();
    clearInterval(this.#clock);
  }

  #reload(): void {
    void this.#load();
    // Without the names of servers, the list is of use still.
    this.#filters.load(this.#options.client).catch(() => undefined);
  }

  /** The list as it is now: after each break too, for jobs that came or went meanwhile. */
  async #load(): Promise<void> {
    const { query } = this.#filters;
    try {
      const { items, hasMore } = await firstJobs(this.#options.client, { query, count: this.#most });
      if (JSON.stringify(query) !== JSON.stringify(this.#filters.query)) return;
      const ids = new Set(items.map(({ id }) => id));
      for (const id of this.#rows.keys()) if (!ids.has(id)) this.#drop(id);
      for (const job of items) this.#put(job);
      this.#hasMore = hasMore;
      this.#settle();
    } catch (error) {
      if (isLasting(error)) this.#refuse(error);
      else this.#say(`The jobs cannot be shown: ${(error as Error).message}`, 'bad');
    }
  }

  async #loadMore(): Promise<void> {
    const { more, body } = this.#frame;
    this.#most = this.#rows.size + this.#options.limit;
    more.disabled = true;
    await this.#load();
    more.disabled = false;
    // Whoever pressed it goes on from where it was.
    if (more.hidden) body.querySelector<HTMLElement>('tr:last-child a')?.focus();
    else more.focus();
  }

  #take(event: StatusEvent): void {
    const row = this.#rows.get(event.jobId);
    if (row) row.setStatus(event);
    if (row && !this.#filters.matches(row.job)) void this.#load();
    if (!row && this.#isWanted(event.jobId)) void this.#fetch(event.jobId);
  }

  /** An older job than those shown has no place in a full list. */
  #isWanted(jobId: number): boolean {
    if (this.#asked.has(jobId)) return false;
    return this.#rows.size < this.#most || jobId > Math.min(...this.#rows.keys());
  }

  async #fetch(jobId: number): Promise<void> {
    this.#asked.add(jobId);
    try {
      const job = await this.#options.client.jobs.get(jobId);
      if (this.#filters.matches(job)) this.#put(job);
      this.#settle();
    } catch {
      // It was deleted meanwhile, or the connection is away: then the list is loaded anew when it is back.
    } finally {
      this.#asked.delete(jobId);
    }
  }

  #put(job: ListedJob): void {
    const known = this.#rows.get(job.id);
    if (known) return known.show(job);
    const row = new JobListRow(job, this.#options);
    this.#rows.set(job.id, row);
    // Newest first: before the first row with a lower number.
    const next = [...this.#rows.values()].filter(({ id }) => id < job.id).sort((a, b) => b.id - a.id)[0];
    this.#frame.body.insertBefore(row.element, next?.element ?? null);
  }

  #drop(id: number): void {
    this.#rows.get(id)?.element.remove();
    this.#rows.delete(id);
  }

  #settle(): void {
    const { table, empty, none, more } = this.#frame;
    const oldestFirst = [...this.#rows.keys()].sort((a, b) => a - b);
    const extra = oldestFirst.slice(0, Math.max(0, this.#rows.size - this.#most));
    for (const id of extra) this.#drop(id);
    more.hidden = !this.#hasMore && extra.length === 0;
    this.#hasMore = !more.hidden;
    table.hidden = this.#rows.size === 0;
    empty.hidden = this.#rows.size > 0 || this.#filters.isActive;
    none.hidden = this.#rows.size > 0 || !this.#filters.isActive;
    this.#filters.element.hidden = !empty.hidden;
  }

  #say(text: string, tone: 'waiting' | 'bad'): void {
    const { notice } = this.#frame;
    setText(notice, text);
    notice.dataset.tone = tone;
    notice.hidden = text === '';
  }

  #refuse(error: DrsClientError): void {
    this.#stopWatch();
    const { base } = this.#options.client;
    const isElsewhere = error.status === 404;
    const words = isElsewhere
      ? `No jobs are served at ${base}. Set the attribute “base”.`
      : refusalWords(error, 'your jobs');
    this.#say(words, 'bad');
    this.#frame.notice.setAttribute('part', 'error');
  }
}
