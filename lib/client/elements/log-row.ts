/** One row of a log as nodes. */

import type { LogRow } from '../terminal/row-table.js';
import { segmentsOf, type Segment } from '../terminal/segments.js';
import { h } from './dom.js';
import { formatClock } from '../../protocol/formats.js';
import { paintSegment } from './paint.js';

/** A range of a row's text that was searched for. */
export interface Mark {
  start: number;
  end: number;
  isCurrent: boolean;
}

/** How a row is shown, besides what it says. */
export interface RowLook {
  /** The address of its line. */
  href: string;
  isSelected: boolean;
  hasTime: boolean;
  marks: () => readonly Mark[];
}

/** Draws a row. Text stays text, whatever the program wrote. */
export function drawRow(row: LogRow, look: RowLook): HTMLElement {
  const isError = row.stream === 'stderr';
  const parts = ['row', `row-${row.stream}`, look.isSelected && 'row-selected'].filter(Boolean);
  return h(
    'div',
    {
      class: 'row',
      part: parts.join(' '),
      'data-stream': row.stream,
      'data-selected': look.isSelected,
      'aria-current': look.isSelected && 'true',
    },
    drawGutter(row, look),
    look.hasTime && drawTime(row),
    isError && h('span', { class: 'unseen' }, 'standard error: '),
    h('span', { class: 'text', part: 'text' }, ...drawText(row.text, look)),
  );
}

/** Draws a line that is not loaded. */
export function drawMissing(line: number, look: RowLook): HTMLElement {
  const row: LogRow = { text: '…', stream: 'stdout', line, isContinued: false, time: NaN };
  const drawn = drawRow(row, { ...look, marks: () => [] });
  drawn.setAttribute('part', 'row row-missing');
  drawn.toggleAttribute('data-missing', true);
  return drawn;
}

/** Not for screen readers nor the tab key: a number on each line would drown the output. The search box goes to lines. */
function drawGutter(row: LogRow, { href }: RowLook): HTMLElement {
  const isError = row.stream === 'stderr';
  const number = row.isContinued
    ? h('span', { class: 'number' }, '↪')
    : h('a', { class: 'number', href, tabindex: -1, 'data-line': row.line }, String(row.line));
  return h(
    'span',
    { class: 'gutter', part: 'gutter', 'aria-hidden': 'true' },
    h('span', { class: 'mark', title: isError && 'standard error' }, isError && 'err'),
    number,
  );
}

function drawTime({ time, isContinued }: LogRow): HTMLElement {
  const isKnown = !isContinued && Number.isFinite(time);
  const title = isKnown && new Date(time).toISOString();
  return h('time', { class: 'time', part: 'time', datetime: title, title }, isKnown && formatClock(time));
}

function drawText(text: string, { marks }: RowLook): Node[] {
  const segments = segmentsOf(text);
  const found = marks();
  if (found.length === 0) return segments.map(paintSegment);
  let position = 0;
  return segments.flatMap((segment) => {
    const nodes = drawMarked(segment, position, found);
    position += segment.text.length;
    return nodes;
  });
}

/** A segment cut where marks begin and end. */
function drawMarked({ text, style }: Segment, offset: number, marks: readonly Mark[]): Node[] {
  const nodes: Node[] = [];
  const paint = (from: number, to: number) => paintSegment({ text: text.slice(from, to), style });
  let at = 0;
  for (const { start, end, isCurrent } of marks) {
    const from = Math.max(at, start - offset);
    const to = Math.min(text.length, end - offset);
    if (to <= from) continue;
    if (from > at) nodes.push(paint(at, from));
    const part = isCurrent ? 'hit hit-current' : 'hit';
    nodes.push(h('mark', { part, 'data-current': isCurrent }, paint(from, to)));
    at = to;
  }
  if (at < text.length) nodes.push(paint(at, text.length));
  return nodes;
}
