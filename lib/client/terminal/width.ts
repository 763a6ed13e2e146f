/** How many columns a terminal gives to text. */

import { plainText } from './segments.js';

const narrow = /^[\x20-\x7e]*$/;
// Marks upon other characters, and characters that nothing is seen of; the inner letters of a Hangul syllable.
const roomless = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;
// East Asian Wide and Fullwidth, and the pictures that terminals draw wide (UAX #11); a flag is two letters of one column.
const wide =
  /(?![\u{1f1e6}-\u{1f1ff}])[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** The columns of a character. */
export function columnsOf(character: string): 0 | 1 | 2 {
  if (character < '\u0300') return 1;
  if (roomless.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** How much of a text fits into so many columns. */
export function fitting(text: string, room: number): { columns: number; characters: number } {
  if (narrow.test(text)) {
    const characters = Math.min(text.length, room);
    return { columns: characters, characters };
  }
  let [columns, characters] = [0, 0];
  for (const character of text) {
    const own = columnsOf(character);
    if (columns + own > room) break;
    columns += own;
    characters += character.length;
  }
  return { columns, characters };
}

/** The columns of a row's text; a tab goes on to the next multiple of 8. */
export function widthOf(text: string): number {
  if (narrow.test(text)) return text.length;
  let columns = 0;
  for (const character of plainText(text)) {
    columns += character === '\t' ? 8 - (columns % 8) : columnsOf(character);
  }
  return columns;
}
