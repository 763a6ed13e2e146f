/** A row's text as pieces of one style each. */

import { applySgr, plain, type Style } from './style.js';

/** Text that looks the same throughout. */
export interface Segment {
  text: string;
  style: Style;
}

const styleSequence = /\u001b\[([\d;:]*)m/g;

/** Splits the text of a row where its style changes. */
export function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [];
  let style = plain;
  let position = 0;
  for (const match of text.matchAll(styleSequence)) {
    if (match.index > position) segments.push({ text: text.slice(position, match.index), style });
    style = applySgr(style, match[1] ?? '');
    position = match.index + match[0].length;
  }
  if (position < text.length) segments.push({ text: text.slice(position), style });
  return segments;
}

/** The text alone. */
export function plainText(text: string): string {
  return text.replace(styleSequence, '');
}
