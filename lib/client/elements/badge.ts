/** The status badge: a shape, a word, and a colour that nobody needs to see. */

import type { JobStatus } from '../../protocol/job-status.js';
import { h, picture, setText } from './dom.js';
import { statusWords } from '../../protocol/words.js';

const ring = 'M8 2.25a5.75 5.75 0 1 0 0 11.5a5.75 5.75 0 0 0 0-11.5z';

const shapes: Readonly<Record<JobStatus, readonly string[]>> = {
  initial: [ring],
  submitted: [ring, 'M8 4.9V8l2.2 1.5'],
  running: ['M8 2.25a5.75 5.75 0 1 1-5.75 5.75'],
  success: [ring, 'M5.3 8.2l1.9 1.9 3.6-4'],
  failure: [ring, 'M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2'],
  cancelled: [ring, 'M4.2 11.8l7.6-7.6'],
};

/** An empty badge. */
export function createBadge(): HTMLElement {
  return h('span', { class: 'badge', part: 'status', hidden: true }, h('span', { class: 'word' }));
}

/** Shows a state in a badge. */
export function setBadge(badge: HTMLElement, status: JobStatus): void {
  if (badge.dataset.status === status) return;
  badge.hidden = false;
  badge.dataset.status = status;
  badge.setAttribute('part', `status status-${status}`);
  badge.querySelector('svg')?.remove();
  badge.prepend(picture(...shapes[status].map((d) => ({ d }))));
  const word = badge.querySelector('.word');
  if (word) setText(word, statusWords[status]);
}
