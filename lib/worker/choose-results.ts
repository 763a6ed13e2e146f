/** Which files become results. Pure. */

import { isMatching } from '../core/result-patterns.js';
import type { Limits } from '../limits.js';

/** The files that the patterns want, within the limits, and a sentence about each limit that left some. */
export function chooseResults(
  files: readonly string[],
  patterns: readonly string[] | null,
  { resultCount, resultDepth }: Pick<Limits, 'resultCount' | 'resultDepth'>,
): { chosen: string[]; notes: string[] } {
  const wanted = files.filter((name) => isMatching(name, patterns)).sort();
  const near = wanted.filter((name) => depthOf(name) <= resultDepth);
  const notes: string[] = [];
  if (near.length < wanted.length)
    notes.push(`${wanted.length - near.length} results more than ${resultDepth} folders deep were left.`);
  if (near.length > resultCount)
    notes.push(`${near.length - resultCount} results over the limit of ${resultCount} were left.`);
  return { chosen: near.slice(0, resultCount), notes };
}

/** How many folders a file is in, below the remote directory. */
function depthOf(name: string): number {
  return name.split('/').length - 1;
}
