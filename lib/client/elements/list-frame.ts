/** The parts of `<drs-job-list>`, empty. */

import { h } from './dom.js';

/** The parts of `<drs-job-list>`. */
export type ListFrame = ReturnType<typeof createListFrame>;

/** Builds the parts and puts them into a shadow root. */
export function createListFrame(root: ShadowRoot, filters: HTMLElement) {
  const notice = h('p', {
    class: 'notice',
    part: 'connection',
    role: 'status',
    'data-tone': 'waiting',
    hidden: true,
  });
  const body = h('tbody');
  const heads = ['Job', 'Status', 'Server', 'Created'].map((text) => h('th', { scope: 'col' }, text));
  const head = h('thead', {}, h('tr', {}, ...heads));
  const table = h('table', { part: 'table', 'aria-label': 'Jobs', hidden: true }, head, body);
  const none = h('p', { class: 'empty', part: 'empty', hidden: true }, 'No job fits these filters.');
  const empty = h(
    'div',
    { class: 'empty', part: 'empty', hidden: true },
    h(
      'slot',
      { name: 'empty' },
      h('strong', {}, 'No jobs yet'),
      'Submit a program to a server, and it appears here at once.',
    ),
  );
  const more = h('button', { type: 'button', class: 'more', part: 'more', hidden: true }, 'Load more');
  filters.hidden = true;
  root.replaceChildren(
    h('div', { class: 'frame', part: 'frame' }, notice, filters, table, more, none, empty),
  );
  return { notice, table, body, none, empty, more };
}
