/** Brings the files back that an attempt made or changed: each whole, or not at all. */

import type { AttemptLocation, Fetched, FoundFile, Listing } from '../schedulers/scheduler.js';
import type { Session } from '../transports/session.js';
import { chooseResults } from './choose-results.js';
import type { ActiveAttempt, WorkerDependencies } from './worker-dependencies.js';
import { ResultCollector } from './result-collector.js';
import { schedulerOf } from './chosen-by-server.js';
import { some } from './some-names.js';

/** A file that changes while it is read is read again, so often. */
const rounds = 3;

interface ResultSource {
  session: Session;
  location: AttemptLocation;
}

/** Stores what the patterns want. Resolves to sentences about what had to be left, or null. */
export async function collectResults(
  deps: WorkerDependencies,
  active: ActiveAttempt,
  { listing, ...where }: ResultSource & { listing: Listing },
): Promise<string | null> {
  const { store, limits } = deps;
  const { claim } = active;
  const { chosen, notes } = await chooseResults(listing, claim.storeResults, limits);
  const known = new Set(chosen.length > 0 ? await store.resultNames(claim) : []);
  const files = chosen.filter(({ name }) => !known.has(name));
  const room = limits.resultBytes - bytesOf(chosen.filter(({ name }) => known.has(name)));
  if (files.length > 0) notes.push(...(await bringAll(deps, active, { ...where, files, room })));
  return notes.length === 0 ? null : notes.join(' ');
}

interface Fetching extends ResultSource {
  files: readonly FoundFile[];
  /** So many bytes may be stored. */
  room: number;
}

/** Reads again what changed meanwhile. Resolves to sentences about what was left. */
async function bringAll(
  deps: WorkerDependencies,
  active: ActiveAttempt,
  { room, ...fetching }: Fetching,
): Promise<string[]> {
  const missing: string[] = [];
  const large: string[] = [];
  const notes = new Set<string>();
  let { files } = fetching;
  let left = room;
  for (let round = 0; round < rounds && files.length > 0; round += 1) {
    const fetched = await bring(deps, active, { ...fetching, files });
    missing.push(...fetched.missing);
    if (fetched.problem !== null) notes.add(fetched.problem);
    left -= fetched.bytes;
    files = fitting(fetched.changed, left, large);
  }
  if (files.length > 0) {
    notes.add(`Files that something still writes to were left: ${some(files.map(({ name }) => name))}.`);
  }
  if (missing.length > 0) notes.add(`Files that could not be read were left: ${some(missing)}.`);
  if (large.length > 0) {
    const limit = deps.limits.resultBytes;
    notes.add(`${large.length} results over the limit of ${limit} bytes were left: ${some(large)}.`);
  }
  return [...notes];
}

/** A file may have grown meanwhile: names of those that do not fit any more go to `large`. */
function fitting(files: readonly FoundFile[], room: number, large: string[]): FoundFile[] {
  let left = room;
  return files.filter(({ name, size }) => {
    if (size > left) {
      large.push(name);
      return false;
    }
    left -= size;
    return true;
  });
}

/** Stores these files; of those that changed meanwhile nothing is kept. `bytes`: of those that were stored. */
async function bring(
  deps: WorkerDependencies,
  { claim, detached }: ActiveAttempt,
  { session, location, files }: Omit<Fetching, 'room'>,
): Promise<Fetched & { bytes: number }> {
  const { store, storage } = deps;
  const collector = new ResultCollector(storage, { signal: detached, owner: location.name });
  try {
    const fetched = await schedulerOf(deps, claim).workspace.fetchFiles(session, location, {
      files,
      signal: detached,
      onFile: (file, content) => collector.add(file, content),
    });
    await collector.settled();
    const torn = new Set([...fetched.changed.map(({ name }) => name), ...fetched.missing]);
    await collector.deleteOf((name) => torn.has(name));
    const results = collector.take();
    await store.addResults(claim, results);
    return { ...fetched, bytes: bytesOf(results) };
  } catch (error) {
    await collector.settled().catch(() => undefined);
    await collector.deleteOf(() => true).catch(() => undefined);
    throw error;
  }
}

function bytesOf(files: readonly { size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
