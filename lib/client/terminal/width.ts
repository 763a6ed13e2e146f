/** How many columns a terminal gives to text. */

import { plainText } from './segments.js';

const narrow = /^[\x20-\x7e]*$/;
const combining = /\p{M}/u;
// East Asian Wide and Fullwidth, and the pictures that terminals draw wide (UAX #11).
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** The columns of a row's text; a tab goes on to the next multiple of 8. */
export function widthOf(text: string): number {
  if (narrow.test(text)) return text.length;
  let columns = 0;
  for (const character of plainText(text)) {
    if (character === '\t') columns += 8 - (columns % 8);
    else if (character < '\u0300') columns += 1;
    else if (wide.test(character)) columns += 2;
    else if (!combining.test(character)) columns += 1;
  }
  return columns;
}
