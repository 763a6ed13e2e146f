/** Ends the program of an attempt when a cancel is wanted. */

import { setTimeout as delay } from 'node:timers/promises';
import type { CancelAnswer } from '../schedulers/scheduler.js';
import type { Session } from '../transports/session.js';
import { pauseMs } from './back-off.js';
import { openSession } from './open-session.js';
import type { ActiveAttempt } from './worker-dependencies.js';
import { locationOf } from './location-of.js';
import type { RunnerDependencies } from './runner-dependencies.js';
import { schedulerOf, transportOf } from './chosen-by-server.js';

/** A new connection may lead to the machine that the program runs on: at most one in so long. */
const newConnectionMs = 2_000;

/** Before the start is the time for a cancel that is wanted already. */
export function cancelFirst(
  deps: RunnerDependencies,
  { claim, detached }: ActiveAttempt,
  session: Session,
): Promise<CancelAnswer> {
  const { fence, began } = claim;
  return schedulerOf(deps, claim).cancel(session, locationOf(claim), { fence, began, signal: detached });
}

/** Ends the program as soon as a cancel is wanted, and tells. Returns what ends the listening. */
export function obeyCancel(deps: RunnerDependencies, active: ActiveAttempt, onEnded: () => void): () => void {
  const over = new AbortController();
  const signal = AbortSignal.any([active.detached, over.signal]);
  const onCancel = (): void => void endProgram(deps, active, { signal, onEnded });
  if (active.cancelled.aborted) onCancel();
  else active.cancelled.addEventListener('abort', onCancel, { once: true });
  return () => {
    active.cancelled.removeEventListener('abort', onCancel);
    over.abort();
  };
}

/**
 * Again and again: that a cancel does not get through need not break off what follows the program. If both are broken
 * off, whoever takes the attempt carries the cancel out.
 */
async function endProgram(
  deps: RunnerDependencies,
  active: ActiveAttempt,
  { signal, onEnded }: { signal: AbortSignal; onEnded: () => void },
): Promise<void> {
  const { jobId, attempt } = active.claim;
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      const answer = await cancelOnce(deps, active, signal);
      if (answer === 'ended') active.claim.isEndedByCancel = true;
      if (answer !== 'elsewhere') return signal.aborted ? undefined : onEnded();
      retire(deps, active);
      await delay(newConnectionMs, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      deps.logger.warn({ jobId, attempt, tries, err: error }, 'A cancel did not reach the server yet.');
      await delay(pauseMs(tries, Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }
}

async function cancelOnce(
  deps: RunnerDependencies,
  active: ActiveAttempt,
  signal: AbortSignal,
): Promise<CancelAnswer> {
  const { fence, began } = active.claim;
  const { session, release } = await openSession(deps, active);
  try {
    const scheduler = schedulerOf(deps, active.claim);
    return await scheduler.cancel(session, locationOf(active.claim), { fence, began, signal });
  } finally {
    release();
  }
}

/** Whoever comes next signs in anew, and may come to another machine behind the same address. */
export function retire(deps: RunnerDependencies, { claim }: ActiveAttempt): void {
  const { hostname, port } = claim.server;
  if (claim.isRemote) transportOf(deps, claim).retire({ hostname, port, username: claim.username });
}
