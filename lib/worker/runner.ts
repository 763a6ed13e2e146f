/** Executes attempts in this process: claims them, renews their leases, and gives them up when it stops. */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { oneAtATime } from '../one-at-a-time.js';
import type { Ticket } from '../queue/job-queue.js';
import type { Credential } from '../transports/session.js';
import { Cleaner } from './cleaner.js';
import type { ActiveAttempt, WorkerDependencies } from './worker-dependencies.js';
import { isDatabaseAway, retryingStore } from './retrying-store.js';
import { runAttempt } from './run-attempt.js';
import { ServerAvailability } from './server-availability.js';
import { retiring } from './retiring.js';
import type { Deferral } from './wait-for-server.js';

/** One attempt in hand, and the means to end or to leave it. */
interface Held {
  active: ActiveAttempt;
  detach: AbortController;
  cancel: AbortController;
}

/** How long to wait before the next try to claim an attempt of this process, when the database is away. */
const databaseWaitMs = 1_000;

export class Runner {
  readonly #deps: WorkerDependencies;
  readonly workerId = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  readonly #cleaner: Cleaner;
  readonly #availability: ServerAvailability;
  readonly #held = new Map<number, Held>();
  readonly #unexpectedErrors = new Map<number, number>();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  readonly #running = new Set<Promise<unknown>>();
  readonly #detached: Ticket[] = [];
  /** Whom a cancel was announced for: the database says whether it is wanted. */
  readonly #doubtful = new Set<Held>();
  readonly #lookForCancels = oneAtATime(async () => {
    const doubtful = [...this.#doubtful];
    this.#doubtful.clear();
    await this.#renew(doubtful.filter((held) => this.#isHeld(held)));
  });
  #isStopping = false;

  constructor(deps: WorkerDependencies) {
    this.#deps = deps;
    this.#cleaner = new Cleaner(deps);
    this.#availability = new ServerAvailability(deps);
    this.#heartbeat = setInterval(() => void this.#renew([...this.#held.values()]), deps.timings.heartbeatMs);
    const retire = retiring(deps);
    this.#unsubscribe = deps.bus.subscribe((announcement) => {
      if (announcement.type === 'cancel') this.#suspectCancel(announcement);
      if (announcement.type === 'retire') retire(announcement);
    });
  }

  /** Carries the attempt out if nobody else does. Resolves when this process is done with it. */
  async run(ticket: Ticket, credential: Credential | null = null): Promise<Deferral | null> {
    if (this.#isStopping) return null;
    const running = this.#claimAndRun(ticket, credential);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Carries the attempt out in this process, however often it takes. */
  async runToEnd(ticket: Ticket, credential: Credential | null): Promise<void> {
    for (;;) {
      const deferral = await this.run(ticket, credential).catch((error: unknown): Deferral => {
        if (!isDatabaseAway(error)) throw error;
        return { delayMs: databaseWaitMs };
      });
      if (deferral === null || this.#isStopping) return;
      await delay(deferral.delayMs, undefined, { signal: deferral.sooner }).catch(() => undefined);
    }
  }

  /** Gives all attempts up, for others to take over; their programs run on. Resolves to the tickets of those. */
  async stop(): Promise<Ticket[]> {
    this.#isStopping = true;
    this.#unsubscribe();
    for (const { detach } of this.#held.values()) detach.abort();
    // What is being claimed at this moment is given up as soon as it is claimed.
    await Promise.allSettled(this.#running);
    await this.#cleaner.stop();
    clearInterval(this.#heartbeat);
    return this.#detached;
  }

  async #claimAndRun(ticket: Ticket, credential: Credential | null): Promise<Deferral | null> {
    const { store, timings, logger } = this.#deps;
    const claimedAt = performance.now();
    const claim = await store.claim(ticket, { workerId: this.workerId, leaseMs: timings.leaseMs });
    if (claim === null) return null;
    const detach = new AbortController();
    const cancel = new AbortController();
    if (claim.isCancelRequested) cancel.abort();
    if (this.#isStopping) detach.abort();
    const active = {
      claim,
      detached: detach.signal,
      cancelled: cancel.signal,
      heldUntil: claimedAt + timings.leaseMs,
      credential,
      unexpectedErrors: this.#unexpectedErrors.get(claim.attemptId) ?? 0,
    };
    // This process was stuck for so long that its own lease ran out.
    this.#held.get(claim.attemptId)?.detach.abort();
    const held = { active, detach, cancel };
    this.#held.set(claim.attemptId, held);
    try {
      const retrying = retryingStore(store, { signal: detach.signal, logger });
      const own = { store: retrying, cleaner: this.#cleaner, availability: this.#availability };
      const deferral = await runAttempt({ ...this.#deps, ...own }, active);
      if (deferral === null) this.#unexpectedErrors.delete(claim.attemptId);
      else this.#unexpectedErrors.set(claim.attemptId, active.unexpectedErrors);
      return deferral;
    } finally {
      if (this.#held.get(claim.attemptId) === held) this.#held.delete(claim.attemptId);
      if (this.#isStopping) this.#detached.push({ jobId: claim.jobId, attempt: claim.attempt });
    }
  }

  #isHeld(held: Held): boolean {
    return this.#held.get(held.active.claim.attemptId) === held;
  }

  #suspectCancel({ jobId, attempt }: Ticket): void {
    for (const held of this.#held.values()) {
      const { claim } = held.active;
      if (claim.jobId === jobId && claim.attempt === attempt) this.#doubtful.add(held);
    }
    if (this.#doubtful.size > 0) this.#lookForCancels();
  }

  async #renew(some: readonly Held[]): Promise<void> {
    if (some.length === 0) return;
    const { store, timings } = this.#deps;
    const claims = some.map(({ active }) => active.claim);
    const askedAt = performance.now();
    try {
      const answers = await store.renew(claims, timings.leaseMs);
      for (const { attemptId, isHeld, isCancelRequested } of answers) {
        const held = this.#held.get(attemptId);
        // Given up and claimed again since the question: the answer is about another claim.
        if (!held || !claims.includes(held.active.claim)) continue;
        if (isHeld) held.active.heldUntil = askedAt + timings.leaseMs;
        else held.detach.abort();
        if (isCancelRequested) held.cancel.abort();
      }
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'Leases could not be renewed; trying again.');
    }
  }
}
