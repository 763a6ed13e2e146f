/** What `<drs-job-list>` is narrowed to. */

import { jobStatuses, type JobStatus } from '../../protocol/job-status.js';
import type { PageClient } from '../page-client.js';
import type { Job, JobFilter } from '../types.js';
import { allServers } from './all-servers.js';
import { h } from './dom.js';
import { statusWords } from '../../protocol/words.js';

/** How long typing waits before the list changes. */
const waitMs = 200;

/** A title to look for and two lists to choose from, above the jobs. */
export class ListFilters {
  readonly element: HTMLElement;
  readonly #title = h('input', {
    type: 'search',
    class: 'field',
    part: 'filter',
    placeholder: 'Find jobs',
    'aria-label': 'Find jobs by a part of their title',
    maxlength: 255,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  readonly #status = h('select', { part: 'filter', 'aria-label': 'Status' }, new Option('All states', ''));
  readonly #server = h('select', { part: 'filter', 'aria-label': 'Server' }, new Option('All servers', ''));

  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param start what is chosen at the start, as the attributes say it */
  constructor(start: { status: string | null; server: string | null }, onChange: () => void) {
    this.#status.append(...jobStatuses.map((status) => new Option(statusWords[status], status)));
    this.#status.value = start.status ?? '';
    if (this.#status.selectedIndex < 0) this.#status.value = '';
    if (start.server !== null) this.#server.append(new Option(`Server ${start.server}`, start.server));
    this.#server.value = start.server ?? '';
    this.element = h(
      'div',
      { class: 'filters', part: 'filters', role: 'group', 'aria-label': 'Filters' },
      this.#title,
      this.#status,
      this.#server,
    );
    for (const list of [this.#status, this.#server]) list.addEventListener('change', onChange);
    this.#title.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(onChange, waitMs);
    });
  }

  get isActive(): boolean {
    return Object.values(this.query).some((value) => value !== undefined);
  }

  /** As REST takes it. */
  get query(): Pick<JobFilter, 'status' | 'serverId' | 'titleContains'> {
    const serverId = this.#server.value;
    return {
      status: (this.#status.value || undefined) as JobStatus | undefined,
      serverId: serverId === '' ? undefined : Number(serverId),
      titleContains: this.#title.value.trim() || undefined,
    };
  }

  matches(job: Pick<Job, 'status' | 'serverId' | 'title'>): boolean {
    const { status, serverId, titleContains = '' } = this.query;
    return (
      (status === undefined || status === job.status) &&
      (serverId === undefined || serverId === job.serverId) &&
      job.title.toLowerCase().includes(titleContains.toLowerCase())
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Names the servers; without them the list still works. */
  async load(client: PageClient): Promise<void> {
    const servers = await allServers(client);
    const chosen = this.#server.value;
    const options = servers.map(({ id, title }) => new Option(title, String(id)));
    if (options.some(({ value }) => value === chosen) || chosen === '') {
      this.#server.replaceChildren(new Option('All servers', ''), ...options);
    } else this.#server.append(...options);
    this.#server.value = chosen;
  }
}
