/** Starts the program of an attempt, or attaches to it; follows its output, and brings its results back. */

import type { RunReport } from '../schedulers/run-report.js';
import type { AttemptLocation, RunPlan } from '../schedulers/scheduler.js';
import type { Session } from '../transports/session.js';
import { emptyLog, type Claim, type Ending } from '../store/attempt-store.js';
import { bringHome, wantsFiles } from './bring-home.js';
import { outOfSight } from './elsewhere.js';
import { cancelFirst, obeyCancel } from './end-program.js';
import { cancelled, endingOf } from './endings.js';
import { LogWriter, liveChunkBytes } from './log-writer.js';
import { beginning, noSpace, permitStart } from './permit-start.js';
import { Overdue } from './overdue.js';
import { locationOf } from './location-of.js';
import { schedulerOf } from './chosen-by-server.js';
import { headBytesOf } from './store-rest.js';
import type { ActiveAttempt, WorkerDependencies } from './worker-dependencies.js';
import type { RunnerDependencies } from './runner-dependencies.js';

/** How long after its timeout, or after a cancel that got through, the end of a program is waited for. */
const overdueMs = 15_000;

/** @throws TransportError, ClaimLostError, DirectoryInUseError; the reason of `active.detached` */
export async function followAttempt(
  deps: RunnerDependencies,
  active: ActiveAttempt,
  session: Session,
): Promise<Ending> {
  const { claim } = active;
  const writer = await openLog(deps, claim);
  if (claim.ended !== null) {
    return bringHome(deps, active, { session, writer, ended: claim.ended, isUntouched: false });
  }
  if (active.cancelled.aborted && (await cancelFirst(deps, active, session)) === 'never') return cancelled;
  const overdue = new Overdue();
  const stopListening = obeyCancel(deps, active, () => overdue.expect(overdueMs));
  try {
    const report = await watch(deps, active, { session, writer, overdue });
    if (report.kind === 'ended') return await bringHome(deps, active, { session, writer, ...report });
    await writer.end();
    if (report.kind === 'elsewhere' || report.kind === 'away') throw outOfSight(report, claim);
    if (report.kind === 'refused' && report.what === 'space') throw noSpace(report.detail, claim);
    return endingOf(report, claim);
  } finally {
    stopListening();
    overdue.stop();
  }
}

async function openLog({ store, limits }: WorkerDependencies, claim: Claim): Promise<LogWriter> {
  return new LogWriter({
    // What never was running has printed nothing.
    head: claim.began === null ? { ...emptyLog } : await store.logHead(claim),
    headBytes: headBytesOf(limits.logBytes),
    chunkBytes: liveChunkBytes,
    append: (head, chunks) => store.appendLog(claim, head, chunks),
  });
}

function planOf(
  deps: WorkerDependencies,
  active: ActiveAttempt,
  { location, writer }: { location: AttemptLocation; writer: LogWriter },
): RunPlan {
  const { claim } = active;
  return {
    ...location,
    fence: claim.fence,
    filename: claim.remoteFilename,
    program: Buffer.from(claim.program),
    interpreter: claim.interpreter,
    timeoutMs: claim.timeoutMs,
    isLive: claim.logPolicy === 'live' && !writer.isFull,
    isListing: wantsFiles(claim),
    from: writer.offsets,
    began: claim.began,
    permit: (prepared) => permitStart(deps, active, prepared),
  };
}

/** Starts the program, or attaches to it, and takes its output while there is room for it; resolves at its end. */
async function watch(
  deps: WorkerDependencies,
  active: ActiveAttempt,
  { session, writer, overdue }: { session: Session; writer: LogWriter; overdue: Overdue },
): Promise<RunReport> {
  const { claim, detached } = active;
  const full = new AbortController();
  const onBegan = beginning(deps, claim);
  for (;;) {
    const isLive = !full.signal.aborted;
    const signals = isLive ? [detached, overdue.signal, full.signal] : [detached, overdue.signal];
    const plan = planOf(deps, active, { location: locationOf(claim), writer });
    try {
      return await schedulerOf(deps, claim).run(session, plan, {
        signal: AbortSignal.any(signals),
        onLocated: (controlRoot) => void (claim.controlRoot = controlRoot),
        async onBegan(how, began) {
          if (claim.timeoutMs !== null) overdue.expect(claim.timeoutMs + overdueMs);
          await onBegan(how, began);
        },
        onOutput(stream, bytes) {
          const stored = writer.write(stream, bytes);
          if (writer.isFull) full.abort();
          return stored;
        },
      });
    } catch (error) {
      if (detached.aborted) throw error;
      // The rest would only be thrown away: the program is waited for, and its last output is read at the end.
      if (isLive && full.signal.aborted) await writer.end();
      else if (overdue.signal.aborted) overdue.restart();
      else throw error;
    }
  }
}
