/** Those who watch in this process: what other processes announce is looked up, and told to those whom it concerns. */

import type { AccessRecord } from '../access.js';
import type { Announcement, StatusEvent } from '../protocol/events.js';
import type { User } from '../protocol/records.js';
import type { LiveDependencies } from './live-dependencies.js';
import type { LiveTiming } from './live-timing.js';
import { AnnouncedStates } from './announced-states.js';
import { SessionEndings } from './session-endings.js';
import { ViewerSession } from './viewer-session.js';
import { WatchedJobs } from './watched-jobs.js';
import { withoutProgram } from '../domain/find-records.js';

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
  readonly dependencies: LiveDependencies;
  readonly #timing: LiveTiming;
  readonly #endings: SessionEndings;
  readonly #listeners = new Set<Listener>();
  readonly #states: AnnouncedStates;
  #telling: Promise<void> = Promise.resolve();
  #stop: (() => void) | undefined;

  constructor(dependencies: LiveDependencies, timing: LiveTiming) {
    this.dependencies = dependencies;
    this.#timing = timing;
    this.#endings = new SessionEndings(dependencies, timing.rightsMs);
    this.jobs = new WatchedJobs(dependencies, (event) => void this.#tell(event));
    this.#states = new AnnouncedStates({
      find: (jobIds) => dependencies.store.statuses.statusesOf(jobIds),
      tell: (event, owner) => {
        this.jobs.announceStatus(event);
        return this.#tell(event, owner);
      },
      onMissed: () => this.#lookAnew(),
      onError: (err) => dependencies.logger.error({ err }, 'announced states could not be looked up'),
    });
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** The sign-in of one who comes. @param identify who it is, by the host's session as it is now */
  createSession(identify: () => Promise<User | null>): ViewerSession {
    const { logger } = this.dependencies;
    return new ViewerSession({ identify, endings: this.#endings, timing: this.#timing, logger });
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
    const { bus } = this.dependencies;
    const unsubscribe = bus.subscribe((announcement) => this.#hear(announcement));
    const offReconnect = bus.onReconnect(() => this.#lookAnew());
    const timer = setInterval(() => void this.jobs.check('active'), this.#timing.checkMs);
    timer.unref();
    this.#stop = () => {
      clearInterval(timer);
      this.#states.forget();
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
    if (announcement.type === 'status' && this.#isWanted(announcement.jobId)) this.#states.hear(announcement);
  }

  #isWanted(jobId: number): boolean {
    return this.jobs.has(jobId) || [...this.#listeners].some((listener) => listener.wantsStatus(jobId));
  }

  /** Announcements were missed. */
  #lookAnew(): void {
    void this.jobs.check('all');
    for (const listener of this.#listeners) void listener.tellRecent();
  }

  /** Tells states one after the other, so that listeners hear of them in order. Resolves when this one is told. */
  #tell(event: StatusEvent, owner?: string): Promise<void> {
    this.#telling = this.#telling.then(async () => {
      const listeners = [...this.#listeners].filter((listener) => listener.wantsStatus(event.jobId));
      if (listeners.length === 0) return;
      try {
        const record = await this.#recordOf(event, owner);
        await Promise.all(listeners.map((listener) => listener.tell(event, record)));
      } catch (error) {
        const { logger } = this.dependencies;
        logger.error({ jobId: event.jobId, err: error }, 'a status could not be told');
      }
    });
    return this.#telling;
  }

  /** What rights are asked about. The default rules look at the owner alone; a host's own rules may look at anything. */
  async #recordOf(event: StatusEvent, owner?: string): Promise<AccessRecord> {
    const { access, models } = this.dependencies;
    if (access.isDefault && owner !== undefined) return { id: event.jobId, owner };
    return models.Job.findByPk(event.jobId, withoutProgram);
  }
}
