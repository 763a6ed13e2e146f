/** One job in `<drs-job-list>`. */

import type { StatusEvent } from '../../protocol/events.js';
import type { ListedJob } from '../types.js';
import { createBadge, setBadge } from './badge.js';
import { h, setText } from './dom.js';
import { formatAge, formatMoment } from '../../protocol/formats.js';

/** Where a row leads. */
export interface RowActions {
  hrefOf: (jobId: number) => string;
  open: (job: { jobId: number; title: string; href: string }, event: MouseEvent) => void;
}

/** A row that can be brought up to date. */
export class JobListRow {
  readonly id: number;
  readonly element: HTMLTableRowElement;
  readonly #link: HTMLAnchorElement;
  readonly #badge = createBadge();
  readonly #server = h('td', { class: 'server', part: 'server' });
  readonly #age = h('time');
  #job: ListedJob;

  constructor(job: ListedJob, actions: RowActions) {
    this.id = job.id;
    this.#job = job;
    this.#link = h('a', { href: actions.hrefOf(job.id), part: 'link' });
    this.element = h(
      'tr',
      { part: 'row' },
      h('td', { class: 'title', part: 'title' }, this.#link, h('span', { class: 'number' }, `#${job.id}`)),
      h('td', { class: 'status' }, this.#badge),
      this.#server,
      h('td', { class: 'age', part: 'age' }, this.#age),
    );
    this.element.addEventListener('click', (event) => this.#clicked(event, actions));
    this.show(job);
  }

  get job(): ListedJob {
    return this.#job;
  }

  show(job: ListedJob): void {
    this.#job = job;
    setText(this.#link, job.title || `Job ${job.id}`);
    setBadge(this.#badge, job.status);
    const { id, title } = job.server;
    this.#server.title = title ?? `Server ${id}`;
    setText(this.#server, this.#server.title);
    this.#age.dateTime = job.createdAt;
    this.#age.title = formatMoment(Date.parse(job.createdAt));
    this.tick();
  }

  setStatus({ status, title }: StatusEvent): void {
    this.show({ ...this.#job, status, title });
  }

  /** Time goes on. */
  tick(): void {
    setText(this.#age, formatAge(Date.parse(this.#job.createdAt), Date.now()));
  }

  #clicked(event: MouseEvent, { open }: RowActions): void {
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    // A new tab or window is the browser's matter, and so is selected text.
    const isSelecting = event.detail > 0 && getSelection()?.type === 'Range';
    if (!isPlain || isSelecting) return;
    open({ jobId: this.id, title: this.#job.title, href: this.#link.href }, event);
  }
}
