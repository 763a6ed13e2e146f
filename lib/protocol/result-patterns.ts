/** Which files are kept as results. */

import { compileGlob } from './glob.js';

/**
 * Whether a file is kept as a result: patterns are read in order, the last that matches decides, and `!` negates.
 * A pattern without `/` is matched with the last part of the path, one with `/` with the whole path.
 *
 * @param filename path below the remote directory, with `/`
 * @param patterns as shells have them, with `*`, `?`, `[ab]`, `[!ab]`, `**` and `{a,b}`; none given: every file is
 *   kept; an empty list: none
 * @returns true when the file is kept
 * @example
 * isMatching('3.txt', ['*', '![34].txt']); // false
 */
export function isMatching(filename: string, patterns?: readonly string[] | null): boolean {
  return compilePatterns(patterns)(filename);
}

/** `isMatching` for many files. */
export function compilePatterns(patterns?: readonly string[] | null): (filename: string) => boolean {
  if (patterns === undefined || patterns === null) return () => true;
  const rules = patterns.map((pattern) => {
    const isNegated = pattern.startsWith('!');
    const glob = isNegated ? pattern.slice(1) : pattern;
    return { isNegated, isOfPath: glob.includes('/'), matches: compileGlob(glob) };
  });
  return (filename) => {
    const lastPart = filename.slice(filename.lastIndexOf('/') + 1);
    const deciding = rules.findLast(({ isOfPath, matches }) => matches(isOfPath ? filename : lastPart));
    return deciding !== undefined && !deciding.isNegated;
  };
}

/** Tells of a folder, or of what may stand for one, whether a pattern names files below it: `latest` for `latest/*.csv`. */
export function compileFolders(patterns?: readonly string[] | null): (folder: string) => boolean {
  const paths = (patterns ?? []).filter((pattern) => !pattern.startsWith('!') && pattern.includes('/'));
  return (folder) => {
    const depth = folder.split('/').length;
    return paths.some((path) => {
      const parts = path.split('/');
      return parts.length > depth && compileGlob(parts.slice(0, depth).join('/'))(folder);
    });
  };
}
