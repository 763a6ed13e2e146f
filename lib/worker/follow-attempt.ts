/** Starts the program of an attempt, or attaches to it; follows its output, and brings its results back. */

import type { RunEnd } from '../schedulers/run-report.js';
import type { AttemptPlace, RunPlan } from '../schedulers/scheduler.js';
import type { Session } from '../transports/session.js';
import type { Claim, Ending } from './attempt-store.js';
import { collectResults } from './collect-results.js';
import { endingOf } from './endings.js';
import { LogWriter, liveChunkBytes } from './log-writer.js';
import type { ActiveAttempt, WorkerParts } from './parts.js';

/** The policy `total` makes one row of a stream, up to this many bytes. */
const totalChunkBytes = 8 * 1024 * 1024;

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
  const plan = await planOf(parts, claim, { place: where.place, writer });
  const stopListening = await obeyCancel(parts, active, where);
  try {
    const report = await parts.scheduler.run(where.session, plan, {
      signal: active.letGo,
      onOutput: (stream, bytes) => writer.write(stream, bytes),
    });
    if (report.kind !== 'ended') {
      await writer.end();
      return endingOf(report, claim);
    }
    if (claim.logPolicy !== 'none') await readRest(parts, { ...where, writer, report, signal: active.letGo });
    await writer.end();
    const note = await collectResults(parts, active, { ...where, files: report.files });
    const ending = endingOf(report, claim);
    return note === null ? ending : { ...ending, message: [ending.message, note].filter(Boolean).join(' ') };
  } finally {
    stopListening();
  }
}

async function openLog({ store, limits }: WorkerParts, claim: Claim): Promise<LogWriter> {
  return new LogWriter({
    head: await store.logHead(claim),
    limitBytes: limits.logBytes,
    chunkBytes: claim.logPolicy === 'total' ? totalChunkBytes : liveChunkBytes,
    append: (head, chunks) => store.appendLog(claim, head, chunks),
  });
}

async function planOf(
  { store }: WorkerParts,
  claim: Claim,
  { place, writer }: { place: AttemptPlace; writer: LogWriter },
): Promise<RunPlan> {
  return {
    ...place,
    filename: claim.remoteFilename,
    program: Buffer.from(await store.program(claim)),
    interpreter: claim.interpreter,
    timeoutMs: claim.timeoutMs,
    isLive: claim.logPolicy === 'live',
    isListing: claim.storeResults === null || claim.storeResults.length > 0,
    from: writer.offsets,
  };
}

/** Ends the program as soon as a cancel is wanted. Before the start is the time for a cancel that is wanted already. */
async function obeyCancel(
  { scheduler, logger }: WorkerParts,
  { claim, cancelled }: ActiveAttempt,
  { session, place }: Place,
): Promise<() => void> {
  if (cancelled.aborted) {
    await scheduler.cancel(session, place);
    return () => {};
  }
  const onCancel = (): void => {
    scheduler.cancel(session, place).catch((error: unknown) => {
      // The connection is gone: the attempt is deferred, and the cancel is carried out by whoever takes it.
      logger.warn(
        { jobId: claim.jobId, attempt: claim.attempt, err: error },
        'A cancel did not reach the server yet.',
      );
    });
  };
  cancelled.addEventListener('abort', onCancel, { once: true });
  return () => cancelled.removeEventListener('abort', onCancel);
}

/** What was not followed while the program ran: all of it, or what it wrote last. */
async function readRest(
  { scheduler, limits }: WorkerParts,
  {
    session,
    place,
    writer,
    report,
    signal,
  }: Place & { writer: LogWriter; report: RunEnd; signal: AbortSignal },
): Promise<void> {
  const from = writer.offsets;
  const room = limits.logBytes + 1;
  const bytes = {
    stdout: Math.min(room, Math.max(0, report.sizes.stdout - from.stdout)),
    stderr: Math.min(room, Math.max(0, report.sizes.stderr - from.stderr)),
  };
  if (writer.isCut || bytes.stdout + bytes.stderr === 0) return;
  await scheduler.readOutput(session, place, {
    from,
    bytes,
    signal,
    onOutput: (stream, content) => writer.write(stream, content),
  });
}
