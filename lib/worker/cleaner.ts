/** Cleans up on servers after attempts that have ended: apart from their ends, and many at a time. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Workspace } from '../schedulers/scheduler.js';
import type { Session, SessionLease } from '../transports/session.js';
import type { Account, Claim, Leftovers } from '../store/attempt-store.js';
import type { WorkerDependencies } from './worker-dependencies.js';
import { locationOf } from './location-of.js';
import { schedulerOf } from './chosen-by-server.js';

/** So long others are waited for that end. */
const gatherMs = 500;
const mostAtOnce = 50;
/** A server that does not answer is left to a later pass. */
const deadlineMs = 30_000;
/** A worker that stops waits so long for what it cleans. */
const stopMs = 2_000;
/** How often an account is asked for what other workers left, which died before they cleaned up. */
const sweepMs = 60_000;

type Dependencies = Pick<WorkerDependencies, 'store' | 'schedulers' | 'logger'>;

interface Batch {
  lease: SessionLease;
  workspace: Workspace;
  account: Account;
  leftovers: Leftovers[];
  timer: NodeJS.Timeout;
}

export class Cleaner {
  readonly #deps: Dependencies;
  readonly #batches = new Set<Batch>();
  readonly #cleaning = new Set<Promise<void>>();
  readonly #sweptAt = new WeakMap<Session, number>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** @param lease is given back afterwards */
  add(claim: Claim, lease: SessionLease): void {
    if (claim.controlRoot === null) return lease.release();
    const { workspace } = schedulerOf(this.#deps, claim);
    const batch = [...this.#batches].find(
      (open) => open.lease.session === lease.session && open.workspace === workspace,
    );
    if (batch) {
      lease.release();
      batch.leftovers.push({ ...claim, isWhole: false });
      if (batch.leftovers.length >= mostAtOnce) this.#flush(batch);
      return;
    }
    const { isRemote, username, server } = claim;
    const opened: Batch = {
      lease,
      workspace,
      account: { serverId: server.id, isRemote, username },
      leftovers: [{ ...claim, isWhole: false }],
      timer: setTimeout(() => this.#flush(opened), gatherMs),
    };
    this.#batches.add(opened);
  }

  /** Cleans what was gathered, unless that takes long: then it is left to a later pass. */
  async stop(): Promise<void> {
    for (const batch of this.#batches) this.#flush(batch);
    const deadline = new AbortController();
    const { signal } = deadline;
    const late = delay(stopMs, undefined, { signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#cleaning), late]);
    deadline.abort();
  }

  #flush(batch: Batch): void {
    clearTimeout(batch.timer);
    this.#batches.delete(batch);
    const cleaning = this.#clean(batch)
      .catch((error: unknown) => {
        const attempts = batch.leftovers.map(({ jobId, attempt }) => `${jobId}-${attempt}`);
        this.#deps.logger.debug({ attempts, err: error }, 'Control directories are left to a later pass.');
      })
      .finally(() => {
        batch.lease.release();
        this.#cleaning.delete(cleaning);
      });
    this.#cleaning.add(cleaning);
  }

  async #clean({ lease: { session }, workspace, account, leftovers }: Batch): Promise<void> {
    const { store } = this.#deps;
    const all = [...leftovers, ...(await this.#leftByOthers(session, account))];
    const locations = all.map((one) => ({ ...locationOf(one), isWhole: one.isWhole }));
    const signal = AbortSignal.timeout(deadlineMs);
    const clean = new Set(await workspace.clean(session, locations, { signal }));
    await store.forgetLeftovers(all.filter((_, i) => clean.has(locations[i]?.name ?? '')));
  }

  async #leftByOthers(session: Session, account: Account): Promise<Leftovers[]> {
    const now = Date.now();
    if (now - (this.#sweptAt.get(session) ?? 0) < sweepMs) return [];
    this.#sweptAt.set(session, now);
    return this.#deps.store.findLeftovers(account, mostAtOnce);
  }
}
