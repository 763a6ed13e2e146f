/** Starts the program of an attempt, or attaches to it; follows its output, and brings its results back. */

import type { RunReport } from '../schedulers/run-report.js';
import type { AttemptPlace, RunPlan } from '../schedulers/scheduler.js';
import type { Session } from '../transports/session.js';
import { emptyLog, type Claim, type Ending } from './attempt-store.js';
import { bringHome, wantsFiles } from './bring-home.js';
import { outOfSight } from './elsewhere.js';
import { cancelFirst, obeyCancel } from './end-program.js';
import { cancelled, endingOf } from './endings.js';
import { LogWriter, liveChunkBytes } from './log-writer.js';
import { beginning, noSpace, permitStart } from './permit-start.js';
import { placeOf } from './place-of.js';
import { headBytesOf } from './store-rest.js';
import type { ActiveAttempt, WorkerParts } from './parts.js';
import type { RunnerParts } from './runner-parts.js';

/** @throws TransportError, ClaimLostError, DirectoryInUseError; the reason of `active.letGo` */
export async function followAttempt(
  parts: RunnerParts,
  active: ActiveAttempt,
  session: Session,
): Promise<Ending> {
  const { claim } = active;
  const writer = await openLog(parts, claim);
  if (claim.ended !== null) {
    return bringHome(parts, active, { session, writer, ended: claim.ended, isUntouched: false });
  }
  if (active.cancelled.aborted && (await cancelFirst(parts, active, session)) === 'never') return cancelled;
  const stopListening = obeyCancel(parts, active);
  try {
    const report = await watch(parts, active, { session, writer });
    if (report.kind === 'ended') return await bringHome(parts, active, { session, writer, ...report });
    await writer.end();
    if (report.kind === 'elsewhere' || report.kind === 'away') throw outOfSight(report, claim);
    if (report.kind === 'refused' && report.what === 'space') throw noSpace(report.detail, claim);
    return endingOf(report, claim);
  } finally {
    stopListening();
  }
}

async function openLog({ store, limits }: WorkerParts, claim: Claim): Promise<LogWriter> {
  return new LogWriter({
    // What never was running has printed nothing.
    head: claim.began === null ? { ...emptyLog } : await store.logHead(claim),
    headBytes: headBytesOf(limits.logBytes),
    chunkBytes: liveChunkBytes,
    append: (head, chunks) => store.appendLog(claim, head, chunks),
  });
}

function planOf(
  parts: WorkerParts,
  active: ActiveAttempt,
  { place, writer }: { place: AttemptPlace; writer: LogWriter },
): RunPlan {
  const { claim } = active;
  return {
    ...place,
    fence: claim.fence,
    filename: claim.remoteFilename,
    program: Buffer.from(claim.program),
    interpreter: claim.interpreter,
    timeoutMs: claim.timeoutMs,
    isLive: claim.logPolicy === 'live' && !writer.isFull,
    isListing: wantsFiles(claim),
    from: writer.offsets,
    began: claim.began,
    permit: (prepared) => permitStart(parts, active, prepared),
  };
}

/** Starts the program, or attaches to it, and takes its output while there is room for it; resolves at its end. */
async function watch(
  parts: WorkerParts,
  active: ActiveAttempt,
  { session, writer }: { session: Session; writer: LogWriter },
): Promise<RunReport> {
  const { claim, letGo } = active;
  const { scheduler } = parts;
  const full = new AbortController();
  const plan = planOf(parts, active, { place: placeOf(claim), writer });
  const onBegan = beginning(parts, claim);
  try {
    return await scheduler.run(session, plan, {
      signal: AbortSignal.any([letGo, full.signal]),
      onLocated: (controlRoot) => void (claim.controlRoot = controlRoot),
      onBegan,
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
    const again = { ...planOf(parts, active, { place: placeOf(claim), writer }), isLive: false };
    return scheduler.run(session, again, { signal: letGo, onBegan, onOutput() {} });
  }
}
