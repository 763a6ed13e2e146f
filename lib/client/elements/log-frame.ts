/** The parts of `<drs-job-log>`, empty. */

import { createBadge } from './badge.js';
import { h } from './dom.js';

/** The parts of `<drs-job-log>`. */
export type LogFrame = ReturnType<typeof createLogFrame>;

/** Builds the parts and puts them into a shadow root. */
export function createLogFrame(root: ShadowRoot) {
  const parts = { ...createHeader(), ...createNotices(), ...createViewport(), ...createEndings() };
  const { header, refusal, connection, reason, viewport, results, raw, announcer } = parts;
  const order = [header, refusal, connection, reason, viewport, results, raw, announcer];
  root.replaceChildren(h('div', { class: 'frame', part: 'frame' }, ...order));
  return parts;
}

function createHeader() {
  const title = h('div', { class: 'title', part: 'title' }, 'Job');
  const badge = createBadge();
  const meta = h('div', { class: 'meta', part: 'meta' });
  const heading = h('div', { class: 'heading' }, title, badge);
  return { title, badge, meta, header: h('div', { class: 'header', part: 'header' }, heading, meta) };
}

function createNotices() {
  const notice = { class: 'notice', hidden: true };
  return {
    connection: h('p', { ...notice, part: 'connection', role: 'status', 'data-tone': 'waiting' }),
    reason: h('p', { ...notice, part: 'reason', 'data-tone': 'bad' }),
    refusal: h('p', { ...notice, part: 'error', role: 'alert' }),
    announcer: h('p', { class: 'unseen', role: 'status' }),
  };
}

function createViewport() {
  const rows = h('div', { class: 'rows', part: 'rows' });
  const spacer = h('div', { class: 'spacer' }, rows);
  // Not announced line by line: a program may print thousands. Changes of state are, in `announcer`.
  const log = { role: 'log', 'aria-live': 'off', 'aria-label': 'Output', tabindex: 0 };
  const scroller = h('div', { class: 'scroller', part: 'log', ...log }, spacer);
  const empty = h('p', { class: 'empty', part: 'empty' }, 'Loading…');
  const follow = h('button', { class: 'follow', part: 'follow', type: 'button', hidden: true }, '↓ Follow');
  const viewport = h('div', { class: 'viewport', part: 'viewport' }, scroller, empty, follow);
  return { rows, spacer, scroller, empty, follow, viewport };
}

function createEndings() {
  return {
    results: h('section', { class: 'results', part: 'results', 'aria-label': 'Results', hidden: true }),
    raw: h('div', { class: 'raw', part: 'raw', hidden: true }),
  };
}
