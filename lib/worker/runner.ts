/** Holds the attempts that this process carries out: claims them, keeps their leases alive, lets go of them. */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { oneAtATime } from '../one-at-a-time.js';
import type { Ticket } from '../queue/job-queue.js';
import type { Credential } from '../transports/session.js';
import { Cleaner } from './cleaner.js';
import type { ActiveAttempt, WorkerDependencies } from './worker-dependencies.js';
import { isDatabaseAway, patientStore } from './patient-store.js';
import { runAttempt } from './run-attempt.js';
import { Reach } from './reach.js';
import { retiring } from './retiring.js';
import type { Deferral } from './wait-for-server.js';

/** One attempt in hand, and the means to end or to leave it. */
interface Held {
  active: ActiveAttempt;
  letGo: AbortController;
  cancel: AbortController;
}

/** How long to wait before the next try to claim an attempt of this process, when the database is away. */
const databaseWaitMs = 1_000;

export class Runner {
  readonly #deps: WorkerDependencies;
  readonly workerId = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  readonly #cleaner: Cleaner;
  readonly #reach: Reach;
  readonly #held = new Map<number, Held>();
  readonly #unexpectedErrors = new Map<number, number>();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  readonly #running = new Set<Promise<unknown>>();
  readonly #letGo: Ticket[] = [];
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
    this.#reach = new Reach(deps);
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

  /** Lets go of everything, for others to take over; the programs run on. Resolves to what was let go. */
  async stop(): Promise<Ticket[]> {
    this.#isStopping = true;
    this.#unsubscribe();
    for (const { letGo } of this.#held.values()) letGo.abort();
    // What is being claimed at this moment is let go as soon as it is claimed.
    await Promise.allSettled(this.#running);
    await this.#cleaner.stop();
    clearInterval(this.#heartbeat);
    return this.#letGo;
  }

  async #claimAndRun(ticket: Ticket, credential: Credential | null): Promise<Deferral | null> {
    const { store, timings, logger } = this.#deps;
    const claimedAt = performance.now();
    const claim = await store.claim(ticket, { workerId: this.workerId, leaseMs: timings.leaseMs });
    if (claim === null) return null;
    const letGo = new AbortController();
    const cancel = new AbortController();
    if (claim.isCancelRequested) cancel.abort();
    if (this.#isStopping) letGo.abort();
    const active = {
      claim,
      letGo: letGo.signal,
      cancelled: cancel.signal,
      heldUntil: claimedAt + timings.leaseMs,
      credential,
      unexpectedErrors: this.#unexpectedErrors.get(claim.attemptId) ?? 0,
    };
    // This process was stuck for so long that its own lease ran out.
    this.#held.get(claim.attemptId)?.letGo.abort();
    const held = { active, letGo, cancel };
    this.#held.set(claim.attemptId, held);
    try {
      const patient = patientStore(store, { signal: letGo.signal, logger });
      const own = { store: patient, cleaner: this.#cleaner, reach: this.#reach };
      const deferral = await runAttempt({ ...this.#deps, ...own }, active);
      if (deferral === null) this.#unexpectedErrors.delete(claim.attemptId);
      else this.#unexpectedErrors.set(claim.attemptId, active.unexpectedErrors);
      return deferral;
    } finally {
      if (this.#held.get(claim.attemptId) === held) this.#held.delete(claim.attemptId);
      if (this.#isStopping) this.#letGo.push({ jobId: claim.jobId, attempt: claim.attempt });
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
        else held.letGo.abort();
        if (isCancelRequested) held.cancel.abort();
      }
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'Leases could not be renewed; trying again.');
    }
  }
}
