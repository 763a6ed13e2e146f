/** The parts of `<drs-job-log>`, empty. */

import { createBadge } from './badge.js';
import { h, setText } from './dom.js';
import { createToolbar } from './log-toolbar.js';

/** The parts of `<drs-job-log>`. */
export type LogFrame = ReturnType<typeof createLogFrame>;

/** Builds the parts and puts them into a shadow root. */
export function createLogFrame(root: ShadowRoot) {
  const parts = {
    ...createHeader(),
    ...createNotices(),
    ...createTools(),
    ...createViewport(),
    ...createEndings(),
  };
  const { header, refusal, connection, problem, reason, bar, viewport, results, raw, announcer } = parts;
  const order = [header, results, refusal, connection, problem, reason, bar, viewport, raw, announcer];
  root.replaceChildren(h('div', { class: 'frame', part: 'frame' }, ...order));
  return {
    ...parts,
    showAcross: (part: Element) => showAcross(parts, part),
    showLoading: (words: string, hasFailed: boolean) => showLoading(parts, words, hasFailed),
  };
}

/** Says what happens to output that is in sight and not there. */
function showLoading(
  { loading, loadingWords, retry }: { loading: HTMLElement; loadingWords: HTMLElement; retry: HTMLElement },
  words: string,
  hasFailed: boolean,
): void {
  loading.hidden = words === '';
  retry.hidden = !hasFailed;
  setText(loadingWords, words);
}

/** How many columns of text fit beside each other. */
export function columnsOf({ room, ruler }: Pick<LogFrame, 'room' | 'ruler'>): number {
  const character = ruler.getBoundingClientRect().width / (ruler.textContent?.length ?? 1);
  return character > 0 ? Math.max(8, Math.floor((room.clientWidth + 0.01) / character)) : 80;
}

/** Makes room for the longest number and the widest row. True when the text has another room now. */
export function showSize({ spacer }: LogFrame, rows: { lineCount: number; widest: number }): boolean {
  const digits = String(Math.max(3, String(rows.lineCount).length));
  const isOther = spacer.style.getPropertyValue('--_drs-digits') !== digits;
  spacer.style.setProperty('--_drs-digits', digits);
  spacer.style.setProperty('--_drs-columns', String(rows.widest));
  return isOther;
}

/** Scrolls sideways to a part of a long row. */
function showAcross({ scroller, probe }: { scroller: HTMLElement; probe: HTMLElement }, part: Element): void {
  const { left, right } = scroller.getBoundingClientRect();
  const box = part.getBoundingClientRect();
  const gutter = (probe.firstElementChild as HTMLElement).offsetWidth + 8;
  if (box.right > right - 24) scroller.scrollLeft += box.right - right + 48;
  else if (box.left < left + gutter) scroller.scrollLeft -= left + gutter - box.left + 24;
}

function createHeader() {
  const title = h('div', { class: 'title', part: 'title' }, 'Job');
  const badge = createBadge();
  const meta = h('div', { class: 'meta', part: 'meta' });
  const cancel = h(
    'button',
    { type: 'button', class: 'action', part: 'action cancel', hidden: true },
    'Cancel',
  );
  const again = h(
    'button',
    { type: 'button', class: 'action', part: 'action again', hidden: true },
    'Run again',
  );
  const state = h('div', { class: 'state' }, cancel, again, badge);
  const heading = h('div', { class: 'heading' }, title, state);
  const header = h('div', { class: 'header', part: 'header' }, heading, meta);
  return { title, badge, cancel, again, meta, header };
}

function createNotices() {
  const notice = { class: 'notice', hidden: true };
  return {
    connection: h('p', { ...notice, part: 'connection', role: 'status', 'data-tone': 'waiting' }),
    problem: h('p', { ...notice, part: 'problem', role: 'alert', 'data-tone': 'bad' }),
    reason: h('p', { ...notice, part: 'reason', 'data-tone': 'bad' }),
    refusal: h('p', { ...notice, part: 'error', role: 'alert' }),
    announcer: h('p', { class: 'unseen', role: 'status' }),
  };
}

function createTools() {
  const toolbar = createToolbar();
  const toolbarNote = h('span', { class: 'note', 'aria-hidden': 'true' });
  toolbar.copy.before(toolbarNote);
  return { ...toolbar, toolbarNote };
}

function createViewport() {
  const rows = h('div', { class: 'rows', part: 'rows' });
  const { probe, room, ruler } = createProbe();
  const spacer = h('div', { class: 'spacer' }, probe, rows);
  // Not announced line by line: a program may print thousands. Changes of state are, in `announcer`.
  const log = { role: 'log', 'aria-live': 'off', 'aria-label': 'Output', tabindex: 0 };
  const scroller = h('div', { class: 'scroller', part: 'log', ...log }, spacer);
  const empty = h('p', { class: 'empty', part: 'empty' }, 'Loading…');
  const follow = h('button', { class: 'follow', part: 'follow', type: 'button', hidden: true }, '↓ Follow');
  const loadingWords = h('span');
  const retry = h('button', { type: 'button', class: 'load', part: 'load', hidden: true }, 'Try again');
  const loading = h(
    'div',
    { class: 'loading', part: 'loading', role: 'status', hidden: true },
    loadingWords,
    retry,
  );
  const viewport = h('div', { class: 'viewport', part: 'viewport' }, scroller, empty, loading, follow);
  return {
    rows,
    spacer,
    scroller,
    probe,
    room,
    ruler,
    empty,
    follow,
    loading,
    loadingWords,
    retry,
    viewport,
  };
}

/** A row that nobody sees: how wide a character is, and how much room the text has. */
function createProbe() {
  const ruler = h('span', { class: 'ruler' }, '0'.repeat(100));
  const room = h('span', { class: 'room' }, ruler);
  const gutter = h('span', { class: 'gutter' });
  const probe = h(
    'div',
    { class: 'probe', 'aria-hidden': 'true' },
    gutter,
    h('span', { class: 'time' }),
    room,
  );
  return { probe, room, ruler };
}

function createEndings() {
  return {
    results: h('section', { class: 'results', part: 'results', 'aria-label': 'Results', hidden: true }),
    raw: h('div', { class: 'raw', part: 'raw', hidden: true }),
  };
}
