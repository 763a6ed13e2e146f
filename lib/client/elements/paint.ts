/** The colours and switches of a piece of terminal text as nodes. */

import type { Segment } from '../terminal/segments.js';
import { rgbOf, trueColour, type Colour, type Style } from '../terminal/style.js';
import { h } from './dom.js';

/** A piece of text as the program wanted it to look. */
export function paintSegment({ text, style }: Segment): Node {
  const names = switchNames(style);
  const span = h('span', {}, text);
  if (style.background !== null) paintOnBackground(span, style, style.background);
  else if (style.inverse) paintInverse(span, style, names);
  else if (style.foreground !== null) paintText(span, style.foreground, names);
  if (names.length === 0 && span.style.length === 0) return document.createTextNode(text);
  span.className = names.join(' ');
  return span;
}

function switchNames(style: Style): string[] {
  const names = ['bold', 'dim', 'italic', 'underline', 'strike'] as const;
  return names.filter((name) => style[name]);
}

/** On the element's own ground, the theme sets the first 16 colours, and holds the others readable. */
function paintText(span: HTMLElement, colour: Colour, names: string[]): void {
  const rgb = rgbOf(colour);
  names.push(rgb === null ? `c${colour}` : 'own');
  if (rgb !== null) span.style.setProperty('--_drs-own', rgb);
}

function paintInverse(span: HTMLElement, { foreground }: Style, names: string[]): void {
  if (foreground === null) names.push('inverse');
  else paint(span, { ground: foreground, text: null });
}

/** The program set both, or the ground: then its colours are taken as they are, whatever the theme. */
function paintOnBackground(span: HTMLElement, { foreground, inverse }: Style, background: Colour): void {
  if (inverse && foreground !== null) paint(span, { ground: foreground, text: background });
  else if (inverse) paint(span, { ground: 15, text: background });
  else paint(span, { ground: background, text: foreground });
}

function paint(span: HTMLElement, { ground, text }: { ground: Colour; text: Colour | null }): void {
  span.style.setProperty('background-color', hex(numberOf(ground)));
  const isReadable = text !== null && contrast(numberOf(text), numberOf(ground)) >= minContrast;
  span.style.setProperty('color', isReadable ? hex(numberOf(text)) : readableOn(numberOf(ground)));
}

/** Below this, nobody could read it: black or white takes the place of the program's colour. */
const minContrast = 4.5;

/** The first 16 colours where no theme sets them. */
const fixed = [
  0x1b1f27, 0xb3261e, 0x1b7a34, 0x9a6a00, 0x1f57c8, 0x8e35b5, 0x0e7580, 0xd0d6de, 0x5f6b7a, 0xe5484d,
  0x3fae5a, 0xe0b33b, 0x4f8df5, 0xb968dd, 0x2fb3bf, 0xffffff,
];

function numberOf(colour: Colour): number {
  if (colour >= trueColour) return colour - trueColour;
  const parts = rgbOf(colour)?.match(/\d+/g)?.map(Number);
  return parts ? parts.reduce((sum, part) => sum * 256 + part, 0) : (fixed[colour] ?? 0);
}

function hex(value: number): string {
  return `#${value.toString(16).padStart(6, '0')}`;
}

function readableOn(ground: number): string {
  return contrast(0x000000, ground) > contrast(0xffffff, ground) ? '#000000' : '#ffffff';
}

/** From 1 to 21 (WCAG 2.2). */
function contrast(one: number, other: number): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance of 0xRRGGBB (WCAG 2.2). */
function luminance(value: number): number {
  const [red, green, blue] = [value >> 16, (value >> 8) & 255, value & 255].map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
