/** Those who watch in this process: what other processes announce is passed on to those whom it concerns. */

import type { AccessRecord } from '../access.js';
import type { Announcement, StatusEvent } from '../core/events.js';
import type { Internals } from '../internals.js';
import { WatchedJobs } from './watched-jobs.js';

/** One client that may be told of states. */
export interface Listener {
  /** True when a state of this job may interest it: whether it may see it is asked when it is told. */
  wantsStatus(jobId: number): boolean;
  tell(event: StatusEvent, record: AccessRecord): Promise<void>;
  /** Called after announcements may have been missed. */
  tellRecent(): Promise<void>;
}

export class Audience {
  readonly jobs: WatchedJobs;
  readonly #internals: Internals;
  readonly #checkMs: number;
  readonly #listeners = new Set<Listener>();
  #telling: Promise<void> = Promise.resolve();
  #stop: (() => void) | undefined;

  /** @param checkMs how often active jobs that are watched are looked up */
  constructor(internals: Internals, checkMs: number) {
    this.#internals = internals;
    this.#checkMs = checkMs;
    this.jobs = new WatchedJobs(internals, (event) => this.#tell(event));
  }

  get size(): number {
    return this.#listeners.size;
  }

  add(listener: Listener): void {
    this.#listeners.add(listener);
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Begins to hear announcements. */
  open(): void {
    if (this.#stop) return;
    const { bus } = this.#internals;
    const unsubscribe = bus.subscribe((announcement) => this.#hear(announcement));
    const offReconnect = bus.onReconnect(() => {
      void this.jobs.check('all');
      for (const listener of this.#listeners) void listener.tellRecent();
    });
    const timer = setInterval(() => void this.jobs.check('active'), this.#checkMs);
    timer.unref();
    this.#stop = () => {
      clearInterval(timer);
      unsubscribe();
      offReconnect();
    };
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #hear(announcement: Announcement): void {
    if (announcement.type === 'log') this.jobs.announceLog(announcement);
    if (announcement.type !== 'status') return;
    this.jobs.announceStatus(announcement.event);
    this.#tell(announcement.event, announcement.owner);
  }

  /** Tells states one after the other, so that listeners hear of them in order. */
  #tell(event: StatusEvent, owner?: string): void {
    this.#telling = this.#telling.then(async () => {
      const listeners = [...this.#listeners].filter((listener) => listener.wantsStatus(event.jobId));
      if (listeners.length === 0) return;
      try {
        const record = await this.#recordOf(event, owner);
        await Promise.all(listeners.map((listener) => listener.tell(event, record)));
      } catch (error) {
        const { logger } = this.#internals.options;
        logger.error({ jobId: event.jobId, err: error }, 'a status could not be told');
      }
    });
  }

  /** What rights are asked about. The default rules look at the owner alone; a host's own rules may look at anything. */
  async #recordOf(event: StatusEvent, owner?: string): Promise<AccessRecord> {
    const { access, models } = this.#internals;
    if (access.isDefault && owner !== undefined) return { id: event.jobId, owner };
    return models.Job.findByPk(event.jobId, { attributes: { exclude: ['program'] } });
  }
}
