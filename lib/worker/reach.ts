/** Which servers are out of reach, for all attempts of a process: one of them knocks, the others wait for its answer. */

import { setMaxListeners } from 'node:events';
import { TransportError } from '../errors.js';
import { pauseMs } from './back-off.js';
import type { Claim } from './attempt-store.js';
import { isServerAway } from './endings.js';
import type { WorkerParts } from './parts.js';

/** Whoever comes while another one knocks comes again so much later, if not called before. */
const knockingMs = 5_000;
/** What was found out longer ago counts no longer. */
const forgetMs = 10 * 60_000;

type Place = Pick<Claim['server'], 'hostname' | 'port'>;
type Parts = Pick<WorkerParts, 'store' | 'logger'>;

/** A server that did not answer. */
export interface Away {
  /** Why, in the words of the last one who knocked. */
  message: string;
  since: number;
  /** Failed tries in a row. */
  tries: number;
  nextTryAt: number;
  isKnocking: boolean;
  /** It was reached at some time. */
  isKnown: boolean;
  /** Aborted when it answers again. */
  back: AbortController;
}

/** The server is away, as another attempt found: this one did not even try. */
export class AwayError extends TransportError {
  constructor({ message }: Away) {
    super('unreachable', message);
  }
}

export class Reach {
  readonly #parts: Parts;
  readonly #away = new Map<string, Away>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What is known of a server that is away; null when it answers, or nobody asked. */
  of(server: Place): Away | null {
    return this.#away.get(keyOf(server)) ?? null;
  }

  /**
   * Connects, when it is this attempt's turn.
   * @throws AwayError when the server is away and it is not; what `connect` throws
   */
  async through<T>(claim: Claim, connect: () => Promise<T>): Promise<T> {
    const { server } = claim;
    const away = this.#current(server);
    if (away && !mayKnock(away, claim)) throw new AwayError(away);
    if (away) away.isKnocking = true;
    try {
      const session = await connect();
      this.#isBack(server);
      return session;
    } catch (error) {
      if (isServerAway(error)) this.#isAway(server, error, away);
      // It refused, so it answers.
      else if (error instanceof TransportError) this.#isBack(server);
      throw error;
    } finally {
      if (away) away.isKnocking = false;
    }
  }

  #current(server: Place): Away | undefined {
    const away = this.#away.get(keyOf(server));
    if (away && Date.now() > away.nextTryAt + forgetMs) this.#away.delete(keyOf(server));
    return this.#away.get(keyOf(server));
  }

  #isAway(server: Place, { message }: TransportError, knocked: Away | undefined): void {
    const now = Date.now();
    const away = this.#away.get(keyOf(server));
    // Many found it out at the same time: that is one try.
    if (away && away !== knocked) return;
    const tries = (away?.tries ?? 0) + 1;
    const back = away?.back ?? new AbortController();
    // Any number of attempts may wait.
    setMaxListeners(0, back.signal);
    this.#away.set(
      keyOf(server),
      Object.assign(away ?? { since: now, isKnocking: false, isKnown: true, back }, {
        ...{ message, tries, back },
        nextTryAt: now + pauseMs(tries, Math.random()),
      }),
    );
  }

  /** All who wait for it may go on. */
  #isBack({ hostname, port }: Place): void {
    const away = this.#away.get(keyOf({ hostname, port }));
    if (!away) return;
    this.#away.delete(keyOf({ hostname, port }));
    this.#parts.store
      .wake({ hostname, port })
      .catch((error: unknown) => {
        this.#parts.logger.warn({ hostname, port, err: error }, 'Attempts that wait for a server wait on.');
      })
      .finally(() => away.back.abort());
  }
}

/** How long an attempt has to wait before it may ask again. */
export function waitMs({ isKnocking, nextTryAt }: Away): number {
  return isKnocking ? knockingMs : Math.max(0, nextTryAt - Date.now());
}

function mayKnock({ isKnocking, isKnown, nextTryAt }: Away, { unreachableTries }: Claim): boolean {
  // A server that was never reached is most likely misspelt: a new attempt is to find that out at once.
  return !isKnocking && (Date.now() >= nextTryAt || (!isKnown && unreachableTries === 0));
}

function keyOf({ hostname, port }: Place): string {
  return `${hostname}:${port}`;
}
