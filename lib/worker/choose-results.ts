/** Which files become results. */

import { setImmediate } from 'node:timers/promises';
import { compileFolders, compilePatterns } from '../protocol/result-patterns.js';
import type { Limits } from '../limits.js';
import type { FoundFile, Left, Listing } from '../schedulers/scheduler.js';
import { some, someOf } from './some-names.js';

/** Many files and many patterns let others have their turn after so long. */
const turnMs = 20;

/** In bytes: an index of the database holds no longer ones. */
const mostNameBytes = 2_000;

type ResultLimits = Pick<Limits, 'resultCount' | 'resultDepth' | 'resultBytes'>;

/** The files that the patterns want, within the limits, and a sentence about whatever was left out. */
export async function chooseResults(
  listing: Listing,
  patterns: readonly string[] | null,
  limits: ResultLimits,
): Promise<{ chosen: FoundFile[]; notes: string[] }> {
  const isWanted = compilePatterns(patterns);
  const selected = (await selectedOf(listing.files, isWanted)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const { chosen, notes } = withinLimits(selected, limits);
  return { chosen, notes: [...notes, ...leftOut(listing, isWanted, compileFolders(patterns))] };
}

async function selectedOf(
  files: readonly FoundFile[],
  isWanted: (name: string) => boolean,
): Promise<FoundFile[]> {
  const selected: FoundFile[] = [];
  let since = performance.now();
  for (const file of files) {
    if (isWanted(file.name)) selected.push(file);
    if (performance.now() - since < turnMs) continue;
    await setImmediate();
    since = performance.now();
  }
  return selected;
}

/** In the order of their names; what does not fit makes room for the next one that does. */
function withinLimits(
  selected: readonly FoundFile[],
  { resultCount, resultDepth, resultBytes }: ResultLimits,
): { chosen: FoundFile[]; notes: string[] } {
  const deep: string[] = [];
  const large: string[] = [];
  const long: string[] = [];
  const chosen: FoundFile[] = [];
  const over: string[] = [];
  let bytes = 0;
  for (const file of selected) {
    if (depthOf(file.name) > resultDepth) deep.push(file.name);
    else if (Buffer.byteLength(file.name) > mostNameBytes) long.push(file.name);
    else if (bytes + file.size > resultBytes) large.push(file.name);
    else if (chosen.length === resultCount) over.push(file.name);
    else {
      chosen.push(file);
      bytes += file.size;
    }
  }
  const notes: string[] = [];
  if (deep.length > 0) {
    notes.push(`${deep.length} results more than ${resultDepth} folders deep were left: ${some(deep)}.`);
  }
  if (long.length > 0) {
    notes.push(`${long.length} results with names over ${mostNameBytes} bytes were left: ${some(long)}.`);
  }
  if (large.length > 0) {
    notes.push(`${large.length} results over the limit of ${resultBytes} bytes were left: ${some(large)}.`);
  }
  if (over.length > 0)
    notes.push(`${over.length} results over the limit of ${resultCount} were left: ${some(over)}.`);
  return { chosen, notes };
}

type Choice = (name: string) => boolean;

function leftOut(listing: Listing, isWanted: Choice, mayHold: Choice): string[] {
  const wantedOnly = ({ count, names }: Left, isMeant: Choice = isWanted): Left => {
    const selected = names.filter(isMeant);
    return { count: selected.length === names.length ? count : selected.length, names: selected };
  };
  const kinds: [string, Left][] = [
    [
      'Symbolic links, which are not followed,',
      wantedOnly(listing.links, (name) => isWanted(name) || mayHold(name)),
    ],
    ['Pipes, sockets and devices', wantedOnly(listing.special)],
    ['Files whose names are no UTF-8', wantedOnly(listing.nameless)],
    ['Folders that could not be read', listing.unreadable],
    ['Folders where another attempt was under way', listing.others],
  ];
  const notes = kinds.flatMap(([what, left]) =>
    left.count === 0 ? [] : [`${what} were left: ${someOf(left)}.`],
  );
  if (listing.isCut) notes.push('So many files were made that the rest of them was not looked at.');
  if (listing.isByTime) {
    notes.push(
      'The list of what was there before is not whole: where it says nothing, the time of the change decided.',
    );
  }
  if (listing.problem !== null) notes.push(listing.problem);
  return notes;
}

/** How many folders a file is in, below the remote directory. */
function depthOf(name: string): number {
  return name.split('/').length - 1;
}
