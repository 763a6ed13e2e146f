/** Starts the program of an attempt, or attaches to it; follows its output, and brings its results back. */

import { setTimeout as delay } from 'node:timers/promises';
import type { RunReport } from '../schedulers/run-report.js';
import type { AttemptPlace, RunPlan } from '../schedulers/scheduler.js';
import type { Session } from '../transports/session.js';
import { emptyLog, type Claim, type Ending } from './attempt-store.js';
import { pauseMs } from './back-off.js';
import { collectResults } from './collect-results.js';
import { endingOf } from './endings.js';
import { LogWriter, liveChunkBytes } from './log-writer.js';
import { headBytesOf, storeRest } from './store-rest.js';
import type { ActiveAttempt, WorkerParts } from './parts.js';

interface Place {
  session: Session;
  place: AttemptPlace;
}

/** @throws TransportError, ClaimLostError; the reason of `active.letGo` */
export async function followAttempt(
  parts: WorkerParts,
  active: ActiveAttempt,
  where: Place,
): Promise<Ending> {
  const { claim } = active;
  const writer = await openLog(parts, claim);
  // The script is brought to the server meanwhile; it begins when the attempt is ours to run.
  const allowed = markRunning(parts, claim);
  const plan = planOf(claim, { place: where.place, writer, allowed });
  const stopListening = await obeyCancel(parts, active, where);
  try {
    const report = await watch(parts, active, { session: where.session, plan, writer });
    if (report.kind !== 'ended') {
      await writer.end();
      return endingOf(report, claim);
    }
    if (claim.logPolicy !== 'none') {
      const { sizes } = report;
      await storeRest(parts, { ...where, writer, sizes, signal: active.letGo });
    }
    const { files, isCut } = report;
    const note = await collectResults(parts, active, { ...where, files, isCut });
    const ending = endingOf(report, claim);
    return note === null ? ending : { ...ending, message: [ending.message, note].filter(Boolean).join(' ') };
  } finally {
    stopListening();
  }
}

function markRunning({ store }: WorkerParts, claim: Claim): Promise<void> {
  const marked = store.markRunning(claim).then(() => {
    claim.isTakenOver = true;
  });
  // Whoever waits for it is told; nobody may get so far.
  marked.catch(() => undefined);
  return marked;
}

async function openLog({ store, limits }: WorkerParts, claim: Claim): Promise<LogWriter> {
  return new LogWriter({
    // What never was running has printed nothing.
    head: claim.isTakenOver ? await store.logHead(claim) : { ...emptyLog },
    headBytes: headBytesOf(limits.logBytes),
    chunkBytes: liveChunkBytes,
    append: (head, chunks) => store.appendLog(claim, head, chunks),
  });
}

function planOf(
  claim: Claim,
  { place, writer, allowed }: { place: AttemptPlace; writer: LogWriter; allowed: Promise<void> },
): RunPlan {
  return {
    ...place,
    filename: claim.remoteFilename,
    program: Buffer.from(claim.program),
    interpreter: claim.interpreter,
    timeoutMs: claim.timeoutMs,
    isLive: claim.logPolicy === 'live' && !writer.isFull,
    isListing: claim.storeResults === null || claim.storeResults.length > 0,
    from: writer.offsets,
    allowed,
  };
}

/** Starts the program, or attaches to it, and takes its output while there is room for it; resolves at its end. */
async function watch(
  { scheduler, store, logger }: WorkerParts,
  { claim, letGo }: ActiveAttempt,
  { session, plan, writer }: { session: Session; plan: RunPlan; writer: LogWriter },
): Promise<RunReport> {
  const full = new AbortController();
  try {
    return await scheduler.run(session, plan, {
      signal: AbortSignal.any([letGo, full.signal]),
      onReady() {
        // Not before: a server that takes connections and drops them is no better than one that is away.
        if (claim.unreachableSince === null) return;
        // The next outage counts from its own beginning.
        Object.assign(claim, { unreachableSince: null, unreachableTries: 0 });
        store.markReached(claim).catch((error: unknown) => logger.debug({ err: error }, 'It is not noted.'));
      },
      onOutput(stream, bytes) {
        const stored = writer.write(stream, bytes);
        if (writer.isFull) full.abort();
        return stored;
      },
    });
  } catch (error) {
    if (!full.signal.aborted || letGo.aborted) throw error;
    // The rest would only be thrown away: the program is waited for, and its last output is read at the end.
    await writer.end();
    return scheduler.run(session, { ...plan, isLive: false }, { signal: letGo, onOutput() {} });
  }
}

/** Ends the program as soon as a cancel is wanted. Before the start is the time for a cancel that is wanted already. */
async function obeyCancel(
  parts: WorkerParts,
  { claim, cancelled, letGo }: ActiveAttempt,
  where: Place,
): Promise<() => void> {
  if (cancelled.aborted) {
    await parts.scheduler.cancel(where.session, where.place, { signal: letGo });
    return () => {};
  }
  const over = new AbortController();
  const signal = AbortSignal.any([letGo, over.signal]);
  const onCancel = (): void => void endProgram(parts, claim, { ...where, signal });
  cancelled.addEventListener('abort', onCancel, { once: true });
  return () => {
    cancelled.removeEventListener('abort', onCancel);
    over.abort();
  };
}

/**
 * Again and again: that a cancel does not get through need not break off what follows the program. If both are broken
 * off, whoever takes the attempt carries the cancel out.
 */
async function endProgram(
  { scheduler, logger }: WorkerParts,
  { jobId, attempt }: Claim,
  { session, place, signal }: Place & { signal: AbortSignal },
): Promise<void> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      await scheduler.cancel(session, place, { signal });
      return;
    } catch (error) {
      if (signal.aborted) return;
      logger.warn({ jobId, attempt, tries, err: error }, 'A cancel did not reach the server yet.');
      await delay(pauseMs(tries, Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }
}
