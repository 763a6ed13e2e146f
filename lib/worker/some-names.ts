/** Names in sentences. */

import type { Left } from '../schedulers/scheduler.js';

/** Of a name, in characters: its end tells more than its folders. */
const mostCharacters = 300;

/** The first names, and how many more there are. */
export function some(names: readonly string[]): string {
  return someOf({ count: names.length, names: [...names] });
}

/** The first of the names, and how many more there are. */
export function someOf({ count, names }: Left): string {
  const first = names.slice(0, 5);
  const more = count - first.length;
  return first.map(inSentence).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A line end in a name would break the sentence. */
function inSentence(name: string): string {
  const shown = name.length > mostCharacters ? `…${name.slice(-mostCharacters)}` : name;
  return shown.replace(/\p{Cc}/gu, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
