/** How a piece of terminal text looks, as SGR sequences say it (ECMA-48 8.3.117; 256 and true colour as in xterm). */

/** 0 to 255: the palette. From `trueColour` up: 24 bits of red, green, blue. */
export type Colour = number;

/** Added to 0xRRGGBB, to tell it from the palette. */
export const trueColour = 0x1000000;

export interface Style {
  readonly foreground: Colour | null;
  readonly background: Colour | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly inverse: boolean;
}

export const plain: Style = {
  foreground: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

const switches: Readonly<Record<number, Partial<Style>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { foreground: null },
  49: { background: null },
};

/** 58 is the colour of the underline, which is not shown, but has parameters of the same kind. */
const grounds: Readonly<Record<number, 'foreground' | 'background' | null>> = {
  38: 'foreground',
  48: 'background',
  58: null,
};

/** The style after a sequence. @param parameters what stands between `ESC [` and `m`, as in `1;38;5;208` */
export function applySgr(style: Style, parameters: string): Style {
  const numbers = parameters.split(';').map((part) => part.split(':').map((digits) => Number(digits || 0)));
  let next = style;
  for (let index = 0; index < numbers.length; index += 1) {
    const [code = 0, ...own] = numbers[index] ?? [];
    if (code === 38 || code === 48 || code === 58) {
      // With colons the colour is in the parameter itself, with semicolons in those that follow.
      const isInside = own.length > 0;
      const rest = isInside
        ? withoutColourSpace(own)
        : numbers.slice(index + 1, index + 5).map(([first = 0]) => first);
      const { colour, used } = readColour(rest);
      if (!isInside) index += used;
      const ground = grounds[code];
      if (colour !== null && ground) next = { ...next, [ground]: colour };
    } else if (!(code === 4 && own[0] === 0)) {
      next = applyCode(next, code);
    } else {
      next = { ...next, underline: false };
    }
  }
  return next;
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return plain;
  const change = switches[code];
  if (change) return { ...style, ...change };
  if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, foreground: code - 82 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  return style;
}

/** `38:2:SPACE:r:g:b` names a colour space that nobody uses; `38:2:r:g:b` leaves it out. */
function withoutColourSpace(own: readonly number[]): number[] {
  return own[0] === 2 && own.length > 4 ? [2, ...own.slice(2)] : [...own];
}

function readColour([kind, a = 0, b = 0, c = 0]: readonly number[]): { colour: Colour | null; used: number } {
  if (kind === 5) return { colour: Math.min(a, 255), used: 2 };
  if (kind !== 2) return { colour: null, used: 1 };
  const byte = (value: number) => Math.min(value, 255);
  return { colour: trueColour + byte(a) * 65536 + byte(b) * 256 + byte(c), used: 4 };
}

/** The sequence that turns plain text into this style; empty for the plain one. */
export function sgrOf(style: Style): string {
  const codes = [
    style.bold && '1',
    style.dim && '2',
    style.italic && '3',
    style.underline && '4',
    style.inverse && '7',
    style.strike && '9',
    style.foreground !== null && colourCode(38, style.foreground),
    style.background !== null && colourCode(48, style.background),
  ].filter((code) => code !== false);
  return codes.length === 0 ? '' : `\u001b[${codes.join(';')}m`;
}

function colourCode(ground: 38 | 48, colour: Colour): string {
  if (colour < trueColour) return `${ground};5;${colour}`;
  return `${ground};2;${(colour >> 16) & 255};${(colour >> 8) & 255};${colour & 255}`;
}

/** The red, green and blue of a colour of the 6×6×6 cube, the grey ramp, or 24 bits; null for the first 16, which themes set. */
export function rgbOf(colour: Colour): string | null {
  if (colour >= trueColour) return `rgb(${(colour >> 16) & 255} ${(colour >> 8) & 255} ${colour & 255})`;
  if (colour < 16) return null;
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const index = colour - 16;
  return `rgb(${level(Math.floor(index / 36))} ${level(Math.floor(index / 6) % 6)} ${level(index % 6)})`;
}
