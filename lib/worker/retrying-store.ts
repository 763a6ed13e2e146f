/** A store for one attempt that waits while the database is away, as long as the attempt is this process's to hold. */

import { setTimeout as delay } from 'node:timers/promises';
import { DrsError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { AttemptStore } from '../store/attempt-store.js';

const firstWaitMs = 100;
const mostWaitMs = 5_000;

export interface RetryOptions {
  /** Aborted: wait no longer. */
  signal: AbortSignal;
  logger: Logger;
}

/** True when the database cannot be reached now: the same call may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof DrsError && error.code === 'database_away';
}

/** The same store; what an attempt's holder calls is repeated until the database answers, or `signal` aborts. */
export function retryingStore(store: AttemptStore, options: RetryOptions): AttemptStore {
  const retrying =
    <Args extends unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    (...args: Args): Promise<Value> =>
      withRetry(() => call(...args), options);
  return {
    ...store,
    credential: retrying(store.credential),
    permit: retrying(store.permit),
    markRunning: retrying(store.markRunning),
    markEnded: retrying(store.markEnded),
    markReached: retrying(store.markReached),
    logHead: retrying(store.logHead),
    addResults: retrying(store.addResults),
    resultNames: retrying(store.resultNames),
    neighbours: retrying(store.neighbours),
    defer: retrying(store.defer),
    finish: retrying(store.finish),
    appendLog(claim, head, chunks) {
      let isRepeated = false;
      return withRetry(async () => {
        // The answer was lost, maybe not the statement.
        const stored = isRepeated ? await store.logHead(claim) : head;
        if (stored.seq >= head.seq + chunks.length) return stored;
        isRepeated = true;
        return store.appendLog(claim, head, chunks);
      }, options);
    },
  };
}

async function withRetry<Value>(
  call: () => Promise<Value>,
  { signal, logger }: RetryOptions,
): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isDatabaseAway(error) || signal.aborted) throw error;
      logger.warn({ err: error, tries }, 'The database is away; the attempt waits for it.');
      const waitMs = Math.min(mostWaitMs, firstWaitMs * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
