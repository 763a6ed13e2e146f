/** Which files become results. */

import { setImmediate } from 'node:timers/promises';
import { compilePatterns } from '../core/result-patterns.js';
import type { Limits } from '../limits.js';

/** Many files and many patterns let others have their turn after so long. */
const turnMs = 20;

/** The files that the patterns want, within the limits, and a sentence about each limit that left some. */
export async function chooseResults(
  files: readonly string[],
  patterns: readonly string[] | null,
  { resultCount, resultDepth }: Pick<Limits, 'resultCount' | 'resultDepth'>,
): Promise<{ chosen: string[]; notes: string[] }> {
  const wanted = (await wantedOf(files, patterns)).sort();
  const near = wanted.filter((name) => depthOf(name) <= resultDepth);
  const notes: string[] = [];
  if (near.length < wanted.length)
    notes.push(`${wanted.length - near.length} results more than ${resultDepth} folders deep were left.`);
  if (near.length > resultCount)
    notes.push(`${near.length - resultCount} results over the limit of ${resultCount} were left.`);
  return { chosen: near.slice(0, resultCount), notes };
}

async function wantedOf(files: readonly string[], patterns: readonly string[] | null): Promise<string[]> {
  const isWanted = compilePatterns(patterns);
  const wanted: string[] = [];
  let since = performance.now();
  for (const name of files) {
    if (isWanted(name)) wanted.push(name);
    if (performance.now() - since < turnMs) continue;
    await setImmediate();
    since = performance.now();
  }
  return wanted;
}

/** How many folders a file is in, below the remote directory. */
function depthOf(name: string): number {
  return name.split('/').length - 1;
}
