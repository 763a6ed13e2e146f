/** Patterns of result files in a form, which cannot tell an empty list from a field that was left blank. */

/** No file comes back: what an empty list says everywhere else. */
const noFile = '!*';

/** As a form shows what a job has. */
export function shownPatterns(patterns: string[] | null | undefined): string[] | null {
  return patterns?.length === 0 ? [noFile] : (patterns ?? null);
}

/** As a job keeps what a form sent; null, for every file, where it was left blank. */
export function givenPatterns(given: string[]): string[] | null {
  if (given.length === 0) return null;
  return given.every((pattern) => pattern === noFile) ? [] : given;
}
