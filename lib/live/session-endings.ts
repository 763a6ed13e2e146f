/** Cuts those who watch in this process when somebody's sessions are ended, in whichever process. */

import { oneAtATime } from '../one-at-a-time.js';
import type { LiveDependencies } from './live-dependencies.js';

/** Somebody who watches. */
export interface Watcher {
  readonly userId: string;
  /** The number of the newest ending when it began. */
  since: number;
  /** Its sessions are over. */
  end(): void;
}

type Dependencies = Pick<LiveDependencies, 'endedSessions' | 'bus' | 'logger'>;

/** The database says whose sessions are over. The bus only hurries: without it, the next look finds out. */
export class SessionEndings {
  readonly #dependencies: Dependencies;
  readonly #lookMs: number;
  readonly #watchers = new Set<Watcher>();
  readonly #look = oneAtATime(() => this.#endThoseOver());
  #stop: (() => void) | undefined;

  /** @param lookMs how often it is looked for endings that nobody announced */
  constructor(dependencies: Dependencies, lookMs: number) {
    this.#dependencies = dependencies;
    this.#lookMs = lookMs;
  }

  newest(): Promise<number> {
    return this.#dependencies.endedSessions.newest();
  }

  add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    if (!this.#stop) this.#listen();
    // What was announced since it began went past it.
    this.#look();
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #listen(): void {
    const { bus } = this.#dependencies;
    const unsubscribe = bus.subscribe(({ type }) => {
      if (type === 'sessions_ended') this.#look();
    });
    const offReconnect = bus.onReconnect(() => this.#look());
    const timer = setInterval(() => this.#look(), this.#lookMs).unref();
    this.#stop = () => {
      clearInterval(timer);
      unsubscribe();
      offReconnect();
    };
  }

  async #endThoseOver(): Promise<void> {
    const watchers = [...this.#watchers];
    if (watchers.length === 0) return;
    const { endedSessions, logger } = this.#dependencies;
    try {
      const oldest = watchers.reduce((lowest, { since }) => Math.min(lowest, since), Infinity);
      const endings = new Map(
        (await endedSessions.after(oldest)).map(({ userId, number }) => [userId, number]),
      );
      const newest = Math.max(oldest, ...endings.values());
      for (const watcher of watchers) {
        if ((endings.get(watcher.userId) ?? 0) > watcher.since) watcher.end();
        else watcher.since = Math.max(watcher.since, newest);
      }
    } catch (err) {
      logger.warn({ err }, 'Sessions that were ended could not be looked up; trying again.');
    }
  }
}
