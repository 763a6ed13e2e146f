/** Which servers are out of reach, for all attempts of a process: one of them knocks, the others wait for its answer. */

import { setMaxListeners } from 'node:events';
import { TransportError } from '../errors.js';
import { pauseMs } from './back-off.js';
import type { Claim } from '../store/attempt-store.js';
import { isServerAway } from './endings.js';
import { place } from '../transports/transport-problems.js';
import type { WorkerDependencies } from './worker-dependencies.js';

/** Whoever comes while another one knocks comes again so much later, if not called before. */
const knockingMs = 5_000;
/** What was found out longer ago counts no longer. */
const forgetMs = 10 * 60_000;

/** A machine, as it is reached: behind another jump host, the same name may be another one. */
type Place = Pick<Claim, 'via'> & { server: Pick<Claim['server'], 'hostname' | 'port'> };
type Dependencies = Pick<WorkerDependencies, 'store' | 'logger'>;

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
  readonly #deps: Dependencies;
  readonly #away = new Map<string, Away>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** What is known of a server that is away; null when it answers, or nobody asked. */
  of(claim: Place): Away | null {
    return this.#away.get(keyOf(claim)) ?? null;
  }

  /**
   * Connects, when it is this attempt's turn.
   * @throws AwayError when the server is away and it is not; what `connect` throws
   */
  async through<T>(claim: Claim, connect: () => Promise<T>): Promise<T> {
    const away = this.#current(claim);
    if (away && !mayKnock(away, claim)) throw new AwayError(away);
    if (away) away.isKnocking = true;
    try {
      const session = await connect();
      this.#isBack(claim);
      return session;
    } catch (error) {
      if (isServerAway(error)) this.#isAway(claim, error, away);
      // It refused, so it answers.
      else if (error instanceof TransportError) this.#isBack(claim);
      throw error;
    } finally {
      if (away) away.isKnocking = false;
    }
  }

  #current(claim: Place): Away | undefined {
    const away = this.#away.get(keyOf(claim));
    if (away && Date.now() > away.nextTryAt + forgetMs) this.#away.delete(keyOf(claim));
    return this.#away.get(keyOf(claim));
  }

  #isAway(claim: Place, { message }: TransportError, knocked: Away | undefined): void {
    const now = Date.now();
    const away = this.#away.get(keyOf(claim));
    // Many found it out at the same time: that is one try.
    if (away && away !== knocked) return;
    const tries = (away?.tries ?? 0) + 1;
    const back = away?.back ?? new AbortController();
    // Any number of attempts may wait.
    setMaxListeners(0, back.signal);
    this.#away.set(
      keyOf(claim),
      Object.assign(away ?? { since: now, isKnocking: false, isKnown: true, back }, {
        ...{ message, tries, back },
        nextTryAt: now + pauseMs(tries, Math.random()),
      }),
    );
  }

  /** All who wait for it may go on. */
  #isBack(claim: Place): void {
    const away = this.#away.get(keyOf(claim));
    if (!away) return;
    this.#away.delete(keyOf(claim));
    const { hostname, port } = claim.server;
    this.#deps.store
      .wake({ hostname, port })
      .catch((error: unknown) => {
        this.#deps.logger.warn({ hostname, port, err: error }, 'Attempts that wait for a server wait on.');
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

function keyOf({ server: { hostname, port }, via }: Place): string {
  return place({ hostname, port, via });
}
