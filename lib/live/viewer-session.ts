/** The sign-in of somebody who watches: asked anew while they do, and over when it ends, or when it is old. */

import type { User } from '../protocol/records.js';
import type { Logger } from '../logger.js';
import type { LiveTiming } from './live-timing.js';
import type { SessionEndings, Watcher } from './session-endings.js';

interface SessionDependencies {
  /** Who it is now, by the host's session as it is now. */
  identify: () => Promise<User | null>;
  endings: SessionEndings;
  timing: Pick<LiveTiming, 'rightsMs' | 'lifeMs'>;
  logger: Logger;
}

/** Who somebody was when it was last asked; `window` rises with each time. */
interface Known {
  user: User | null;
  window: number;
}

export class ViewerSession implements Watcher {
  readonly #deps: SessionDependencies;
  since = 0;
  #userId: string | null = null;
  #known: Known = { user: null, window: 0 };
  #askedAt = -Infinity;
  #asking: Promise<Known> | null = null;
  #isOver = false;
  #onEnd: () => void = () => undefined;
  #stopTimers: () => void = () => undefined;

  constructor(deps: SessionDependencies) {
    this.#deps = deps;
  }

  get userId(): string {
    return this.#userId ?? '';
  }

  /** Who comes, or null: asked before anything else. */
  async begin(): Promise<User | null> {
    // Before: what is ended between the two questions was ended after it began.
    this.since = await this.#deps.endings.newest();
    return this.now();
  }

  /** From now on it is looked after. @param onEnd nothing more may be told; called once, unless it is closed before */
  open(onEnd: () => void): void {
    const { timing, endings } = this.#deps;
    this.#onEnd = onEnd;
    const check = setInterval(() => void this.#check(), timing.rightsMs).unref();
    const life = setTimeout(() => this.end(), timing.lifeMs * (1 - Math.random() / 10)).unref();
    this.#stopTimers = () => {
      clearInterval(check);
      clearTimeout(life);
      endings.remove(this);
    };
    endings.add(this);
    if (this.#isOver) this.end();
  }

  /** Nobody watches any more. */
  close(): void {
    this.#onEnd = () => undefined;
    this.#isOver = true;
    this.#stopTimers();
  }

  end(): void {
    this.#isOver = true;
    this.#known = { user: null, window: this.#known.window + 1 };
    this.#stopTimers();
    const onEnd = this.#onEnd;
    this.#onEnd = () => undefined;
    onEnd();
  }

  /** Who it is now. Another person than before, or nobody, is the end. */
  async now(): Promise<User | null> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return (await this.#asking).user;
  }

  /** Who it was within the window. */
  async recent(): Promise<Known> {
    const isRecent = performance.now() - this.#askedAt < this.#deps.timing.rightsMs;
    if (!isRecent || this.#isOver) await this.now();
    return this.#known;
  }

  /** A question for a right that was just answered with yes, and is asked once in each window from now on. */
  onceAWindow(isAllowed: (user: User) => Promise<boolean>): () => Promise<boolean> {
    let asked = this.#known.window;
    return async () => {
      const { user, window } = await this.recent();
      if (user === null) return false;
      if (window === asked) return true;
      asked = window;
      return isAllowed(user);
    };
  }

  async #ask(): Promise<Known> {
    const askedAt = performance.now();
    const user = this.#isOver ? null : await this.#deps.identify();
    const id = user && String(user.id);
    const isSame = !this.#isOver && id !== null && (this.#userId ?? id) === id;
    this.#known = { user: isSame ? user : null, window: this.#known.window + 1 };
    this.#askedAt = askedAt;
    if (isSame) this.#userId = id;
    else this.end();
    return this.#known;
  }

  async #check(): Promise<void> {
    try {
      await this.now();
    } catch (err) {
      this.#deps.logger.error({ err }, 'It could not be asked who watches, who has to come back.');
      this.end();
    }
  }
}
