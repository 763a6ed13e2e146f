/** A process over there may live and do nothing: a call of a script is given up when nothing is heard of it. */

import { TransportError } from '../errors.js';
import type { RemoteScript } from '../transports/session.js';

/** How long a script may be silent, and what it does meanwhile, as in `its files were listed`. */
export interface Silence {
  mostMs: number;
  doing: string;
  /** Left out: those of the process. */
  timers?: Timers;
}

/** What measures the time. */
export interface Timers {
  setTimeout(call: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Tells when a script has been silent for too long. What is slow at this end does not count. */
export class SilenceWatch {
  readonly #script: Pick<RemoteScript, 'stdin'>;
  readonly #silence: Silence | undefined;
  readonly #timers: Timers;
  #timer: unknown;
  #pending = 0;
  #unsent = 0;
  #isOver = false;
  #fail: (reason: Error) => void = () => undefined;
  /** Rejects then. */
  readonly passed: Promise<never>;

  /** @param silence undefined: it may be silent as long as it likes */
  constructor(script: Pick<RemoteScript, 'stdin'>, silence: Silence | undefined) {
    this.#script = script;
    this.#silence = silence;
    this.#timers = silence?.timers ?? globalThis;
    this.passed = new Promise((_resolve, reject) => (this.#fail = reject));
    this.passed.catch(() => undefined);
    this.hear();
  }

  /** It lives. */
  hear(): void {
    this.#disarm();
    const silence = this.#silence;
    if (silence === undefined || this.#pending > 0 || this.#isOver) return;
    this.#unsent = this.#script.stdin.writableLength;
    this.#timer = this.#timers.setTimeout(() => this.#look(silence), silence.mostMs);
  }

  /** Somebody here takes what it said, and nothing more is read meanwhile. */
  async during(work: void | Promise<void>): Promise<void> {
    if (work === undefined) return;
    this.#pending += 1;
    this.#disarm();
    try {
      await work;
    } finally {
      this.#pending -= 1;
      this.hear();
    }
  }

  /** For good: a timer that is left would keep the process alive. */
  stop(): void {
    this.#isOver = true;
    this.#disarm();
  }

  #disarm(): void {
    this.#timers.clearTimeout(this.#timer);
  }

  #look({ mostMs, doing }: Silence): void {
    // It takes its input, or was given more.
    if (this.#script.stdin.writableLength !== this.#unsent) return this.hear();
    const time = mostMs < 60_000 ? `${mostMs / 1000} s` : `${Math.round(mostMs / 60_000)} min`;
    this.#fail(
      new TransportError('deadline_passed', `The server has said nothing for ${time} while ${doing}.`),
    );
  }
}
