/** Which servers are out of reach, for all attempts of a process: one attempt probes, the others wait for its result. */

import { setMaxListeners } from 'node:events';
import { TransportError } from '../errors.js';
import { pauseMs } from './back-off.js';
import type { Claim } from '../store/attempt-store.js';
import { isServerAway } from './endings.js';
import { addressOf } from '../transports/transport-problems.js';
import type { WorkerDependencies } from './worker-dependencies.js';

/** How long an attempt waits while another one probes the server, unless it is woken before. */
const probingMs = 5_000;
/** An outage whose next try has been due for longer than this is forgotten: the server is then tried anew. */
const forgetMs = 10 * 60_000;

/** A machine, as it is reached: behind another jump host, the same name may be another one. */
type ReachedServer = Pick<Claim, 'via'> & {
  server: Pick<Claim['server'], 'hostname' | 'port' | 'transport'>;
};
type Dependencies = Pick<WorkerDependencies, 'store' | 'logger'>;

/** A server that did not answer. */
export interface Outage {
  /** Why, in the words of the last probe. */
  message: string;
  since: number;
  /** Failed tries in a row. */
  tries: number;
  nextTryAt: number;
  /** An attempt is trying to connect right now. */
  isProbing: boolean;
  /** It was reached at some time. */
  wasReached: boolean;
  /** Aborted when it answers again. */
  back: AbortController;
}

/** Another attempt found the server out of reach: this one did not even try. */
export class OutageError extends TransportError {
  constructor({ message }: Outage) {
    super('unreachable', message);
  }
}

export class ServerAvailability {
  readonly #deps: Dependencies;
  readonly #outages = new Map<string, Outage>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** The outage of a server; null when it answers, or was not tried yet. */
  of(claim: ReachedServer): Outage | null {
    return this.#outages.get(keyOf(claim)) ?? null;
  }

  /**
   * Connects, when it is this attempt's turn.
   * @throws OutageError when the server is out of reach and it is another attempt's turn; what `connect` throws
   */
  async through<T>(claim: Claim, connect: () => Promise<T>): Promise<T> {
    const outage = this.#current(claim);
    if (outage && !mayProbe(outage, claim)) throw new OutageError(outage);
    if (outage) outage.isProbing = true;
    try {
      const session = await connect();
      this.#noteAnswer(claim);
      return session;
    } catch (error) {
      if (isServerAway(error)) this.#noteOutage(claim, error, outage);
      // It refused, so it answers.
      else if (error instanceof TransportError) this.#noteAnswer(claim);
      throw error;
    } finally {
      if (outage) outage.isProbing = false;
    }
  }

  #current(claim: ReachedServer): Outage | undefined {
    const outage = this.#outages.get(keyOf(claim));
    if (outage && Date.now() > outage.nextTryAt + forgetMs) this.#outages.delete(keyOf(claim));
    return this.#outages.get(keyOf(claim));
  }

  #noteOutage(claim: ReachedServer, { message }: TransportError, probed: Outage | undefined): void {
    const now = Date.now();
    const outage = this.#outages.get(keyOf(claim));
    // Many found it out at the same time: that is one try.
    if (outage && outage !== probed) return;
    const tries = (outage?.tries ?? 0) + 1;
    const back = outage?.back ?? new AbortController();
    // Any number of attempts may wait.
    setMaxListeners(0, back.signal);
    this.#outages.set(
      keyOf(claim),
      Object.assign(outage ?? { since: now, isProbing: false, wasReached: true, back }, {
        message,
        tries,
        back,
        nextTryAt: now + pauseMs(tries, Math.random()),
      }),
    );
  }

  /** All who wait for it may go on. */
  #noteAnswer(claim: ReachedServer): void {
    const outage = this.#outages.get(keyOf(claim));
    if (!outage) return;
    this.#outages.delete(keyOf(claim));
    const { hostname, port } = claim.server;
    this.#deps.store
      .wake({ hostname, port })
      .catch((error: unknown) => {
        this.#deps.logger.warn({ hostname, port, err: error }, 'Attempts that wait for a server wait on.');
      })
      .finally(() => outage.back.abort());
  }
}

/** How long an attempt has to wait before it may ask again. */
export function waitMs({ isProbing, nextTryAt }: Outage): number {
  return isProbing ? probingMs : Math.max(0, nextTryAt - Date.now());
}

function mayProbe({ isProbing, wasReached, nextTryAt }: Outage, { unreachableTries }: Claim): boolean {
  // A server that was never reached is most likely misspelt: a new attempt is to find that out at once.
  return !isProbing && (Date.now() >= nextTryAt || (!wasReached && unreachableTries === 0));
}

function keyOf({ server: { hostname, port, transport }, via }: ReachedServer): string {
  return `${transport} ${addressOf({ hostname, port, via })}`;
}
