/** Takes output apart into text, styles, movements and line ends. All other control sequences fall away. */

/** A piece of output. */
export type Token =
  | { type: 'text'; text: string }
  | { type: 'newline' }
  | { type: 'return' }
  | { type: 'tab' }
  | { type: 'style'; parameters: string }
  /** 0: to the end, 1: from the start, 2: all of the line. */
  | { type: 'erase'; part: number }
  /** So many columns from the cursor on. */
  | { type: 'blank'; count: number }
  /** So many columns to the right. */
  | { type: 'move'; by: number }
  /** To this column, from 0. */
  | { type: 'column'; column: number };

// ESC [ parameters intermediates final (ECMA-48 5.4)
const controlSequence = /^\u001b\[([0-?]*)([ -/]*)([@-~])/;
// OSC, DCS, SOS, PM, APC: up to BEL or ST, or to a line end, where a string that never ends is given up.
const controlString = /^\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\|(?=[\n\u001b]))/;
const shortEscape = /^\u001b[ -/]*[0-~]/;
/** A sequence longer than this is none. */
const maxSequence = 4096;

const acting = new RegExp(/[\b\t\n\r\u001b]/, 'g');
const hidden = new RegExp(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/, 'g');

/** Splits text into tokens. `rest` is a sequence that its end is missing of: put it before what comes next. */
export function tokenize(text: string): { tokens: Token[]; rest: string } {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    acting.lastIndex = position;
    const at = acting.exec(text)?.index ?? text.length;
    if (at > position) tokens.push({ type: 'text', text: visible(text.slice(position, at)) });
    if (at === text.length) break;
    if (text[at] !== '\u001b') {
      tokens.push(tokenOfControl(text.charAt(at)));
      position = at + 1;
      continue;
    }
    const sequence = readSequence(text.slice(at, at + maxSequence));
    if (sequence === 'unfinished') return { tokens, rest: text.slice(at) };
    if (sequence.token) tokens.push(sequence.token);
    position = at + sequence.length;
  }
  return { tokens, rest: '' };
}

function tokenOfControl(character: string): Token {
  if (character === '\n') return { type: 'newline' };
  if (character === '\r') return { type: 'return' };
  return character === '\t' ? { type: 'tab' } : { type: 'move', by: -1 };
}

/** Text with the characters that would act as ones that are only seen; the bell is not. */
function visible(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.charCodeAt(0);
    if (code === 0x07) return '';
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    if (code < 0xa0) return '\ufffd';
    return `\u2039U+${code.toString(16).toUpperCase()}\u203a`;
  });
}

function readSequence(text: string): 'unfinished' | { length: number; token?: Token } {
  const control = controlSequence.exec(text);
  if (control) return { length: control[0].length, token: tokenOf(control) };
  const string = controlString.exec(text);
  if (string) return { length: string[0].length };
  const isString = /^\u001b[\]PX^_]/.test(text);
  const isControl = text.startsWith('\u001b[');
  if (!isString && !isControl) {
    const escape = shortEscape.exec(text);
    if (escape) return { length: escape[0].length };
  }
  const isOpen = isString || /^\u001b(?:\[[0-?]*)?[ -/]*$/.test(text);
  return isOpen && text.length < maxSequence ? 'unfinished' : { length: 1 };
}

function tokenOf([, parameters = '', between = '', final = '']: RegExpExecArray): Token | undefined {
  // A private marker (`?`, `<`, `=`, `>`) or an intermediate makes it another sequence than the one meant here.
  if (between !== '' || /[<-?]/.test(parameters)) return undefined;
  const first = Number(parameters.split(';')[0] ?? 0);
  const count = Math.max(1, first);
  if (final === 'm') return { type: 'style', parameters };
  // What is below the cursor's line is nothing here.
  if (final === 'K' || (final === 'J' && first === 0)) return { type: 'erase', part: first };
  if (final === 'G' || final === '`') return { type: 'column', column: count - 1 };
  if (final === 'C') return { type: 'move', by: count };
  if (final === 'D') return { type: 'move', by: -count };
  if (final === 'X') return { type: 'blank', count };
  return undefined;
}
