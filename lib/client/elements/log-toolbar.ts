/** The bar above the output: search, and how the output is shown. */

import { h, picture } from './dom.js';

const icons = {
  previous: ['M4 10l4-4 4 4'],
  next: ['M4 6l4 4 4-4'],
  wrap: ['M2 4h12', 'M2 8h9.5a2.25 2.25 0 0 1 0 4.5H8', 'M9.75 10.5l-2 2 2 2', 'M2 12.5h3'],
  times: ['M8 2.25a5.75 5.75 0 1 0 0 11.5a5.75 5.75 0 0 0 0-11.5z', 'M8 4.9V8l2.2 1.5'],
  copy: ['M5.5 5.5h8v8h-8z', 'M10.5 5.5v-3h-8v8h3'],
  full: ['M6 2.5H2.5V6', 'M10 2.5h3.5V6', 'M6 13.5H2.5V10', 'M10 13.5h3.5V10'],
} as const;

/** Builds the bar. */
export function createToolbar() {
  const search = h('input', {
    type: 'search',
    class: 'search',
    part: 'search',
    placeholder: 'Search, or :120 for a line',
    'aria-label': 'Search the output, or a colon and a number for a line',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const count = h('span', { class: 'count', part: 'count', role: 'status' });
  const previous = button('previous', 'Previous hit');
  const next = button('next', 'Next hit');
  const hits = h('span', { class: 'hits', hidden: true }, count, previous, next);
  const wrap = toggle('wrap', 'Wrap long lines');
  const times = toggle('times', 'Show when each line came');
  const copy = button('copy', 'Copy the output');
  const full = toggle('full', 'Full screen');
  full.hidden = !document.fullscreenEnabled;
  const tools = h('span', { class: 'tools' }, wrap, times, copy, full);
  const bar = h(
    'div',
    { class: 'toolbar', part: 'toolbar', role: 'group', 'aria-label': 'Output tools' },
    h('span', { class: 'finder', role: 'search' }, search, hits),
    tools,
  );
  return { bar, search, hits, count, previous, next, wrap, times, copy, full };
}

function button(icon: keyof typeof icons, label: string): HTMLButtonElement {
  const attributes = { type: 'button', class: 'tool', part: 'tool', 'aria-label': label, title: label };
  return h('button', attributes, picture(...icons[icon].map((d) => ({ d }))));
}

function toggle(icon: keyof typeof icons, label: string): HTMLButtonElement {
  const made = button(icon, label);
  made.setAttribute('aria-pressed', 'false');
  return made;
}

/** Changes a toggle. Returns how it stands now. */
export function press(toggled: HTMLButtonElement, isPressed?: boolean): boolean {
  const now = isPressed ?? toggled.getAttribute('aria-pressed') !== 'true';
  toggled.setAttribute('aria-pressed', String(now));
  return now;
}
