/** Messages as they are stored: a server's words in them may be of any length. */

import { withoutNul } from '../models/run-query.js';

/** In characters. */
const mostCharacters = 4_000;

/** With a mark where it was cut. */
export function messageOf(text: string | null): string | null {
  if (text === null || text.length <= mostCharacters) return withoutNul(text);
  // Not in the middle of a character of two halves.
  const kept = text.slice(0, mostCharacters).replace(/[\ud800-\udbff]$/, '');
  return withoutNul(`${kept} … (cut: ${text.length - kept.length} more characters)`);
}
