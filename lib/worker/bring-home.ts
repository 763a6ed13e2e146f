/** What is done once the end of a program is known: it is written down, then output and files are brought. */

import type { Ended } from '../protocol/attempt-records.js';
import type { Session } from '../transports/session.js';
import type { Claim, Ending } from '../store/attempt-store.js';
import { collectResults } from './collect-results.js';
import { endingOfEnded, withNote } from './endings.js';
import type { LogWriter } from './log-writer.js';
import type { ActiveAttempt, WorkerDependencies } from './worker-dependencies.js';
import { locationOf } from './location-of.js';
import { schedulerOf } from './chosen-by-server.js';
import { storeRest } from './store-rest.js';

interface Home {
  session: Session;
  writer: LogWriter;
  ended: Ended;
  /** Nothing was made or changed in its directory. */
  isUntouched: boolean;
}

/** No patterns: every file. */
export function wantsFiles({ storeResults }: Claim): boolean {
  return storeResults === null || storeResults.length > 0;
}

/** From here on nothing but bytes is asked of the server: what is gone is a note, and no other end. */
export async function bringHome(
  deps: WorkerDependencies,
  active: ActiveAttempt,
  { session, writer, ended: asWritten, isUntouched }: Home,
): Promise<Ending> {
  const { claim, detached } = active;
  const ended = byCancel(asSeen(asWritten, writer), claim);
  const isLogWanted = claim.logPolicy !== 'none' && !hasAll(writer, ended);
  const areFilesWanted = wantsFiles(claim) && !isUntouched;
  const neighbours = areFilesWanted ? await deps.store.neighbours(claim) : null;
  const ending = withNote(endingOfEnded(ended, claim), (neighbours ?? claim).note ?? null);
  // Written down with the final state, in one statement.
  if (!isLogWanted && !areFilesWanted) {
    await writer.end();
    return ending;
  }
  if (claim.ended === null) {
    await deps.store.markEnded(claim, ended);
    claim.ended = ended;
  }
  const location = locationOf(claim);
  const { workspace } = schedulerOf(deps, claim);
  const rest = { session, workspace, location, writer, sizes: ended.sizes, signal: detached };
  const logNote = isLogWanted ? await storeRest(deps, rest) : await writer.end();
  const without = neighbours?.inner ?? [];
  const filesNote = areFilesWanted ? await bringFiles(deps, active, { session, without }) : null;
  return withNote(withNote(ending, logNote ?? null), filesNote);
}

/** Less is there than was read before, though nothing prints any more: the program emptied what held it. */
function asSeen(ended: Ended, { offsets }: LogWriter): Ended {
  const { sizes, notes } = ended;
  const isLess = offsets.stdout > sizes.stdout || offsets.stderr > sizes.stderr;
  if (!isLess || notes.includes('open') || notes.includes('wiped')) return ended;
  return { ...ended, notes: [...notes, 'wiped'] };
}

function byCancel(ended: Ended, { isEndedByCancel }: Claim): Ended {
  return isEndedByCancel === true && ended.reason === 'exit' ? { ...ended, reason: 'cancel' } : ended;
}

function hasAll({ offsets }: LogWriter, { sizes }: Ended): boolean {
  return offsets.stdout >= sizes.stdout && offsets.stderr >= sizes.stderr;
}

async function bringFiles(
  deps: WorkerDependencies,
  active: ActiveAttempt,
  { session, without }: { session: Session; without: readonly string[] },
): Promise<string | null> {
  const { claim, detached } = active;
  const location = locationOf(claim);
  const listing = await schedulerOf(deps, claim).workspace.listFiles(session, location, {
    filename: claim.remoteFilename,
    program: Buffer.from(claim.program),
    before: claim.began?.listing ?? { kind: 'cut', time: 0 },
    without,
    signal: detached,
  });
  return collectResults(deps, active, { session, location, listing });
}
