/** Which files are kept as results. */

import picomatch from 'picomatch';

/**
 * Whether a file is wanted: patterns are read in order, the last that matches decides, and `!` negates.
 * A pattern without `/` is asked of the last part of the path, one with `/` of the whole path.
 *
 * @param filename path below the remote directory, with `/`
 * @param patterns globs; none given: every file is wanted; an empty list: none
 * @example
 * isMatching('3.txt', ['*', '![34].txt']); // false
 */
export function isMatching(filename: string, patterns?: readonly string[] | null): boolean {
  if (patterns === undefined || patterns === null) return true;
  let isWanted = false;
  for (const pattern of patterns) {
    const isNegated = pattern.startsWith('!');
    if (matches(filename, isNegated ? pattern.slice(1) : pattern)) isWanted = !isNegated;
  }
  return isWanted;
}

function matches(filename: string, pattern: string): boolean {
  return picomatch.isMatch(filename, pattern, {
    dot: true,
    nonegate: true,
    noextglob: true,
    basename: !pattern.includes('/'),
  });
}
