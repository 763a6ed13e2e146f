/** The element `<drs-job-list>`. */

import { mountOf, type ElementContext } from './connections.js';
import { JobListView } from './job-list-view.js';
import { listCss } from './list-css.js';
import { liveElement } from './live-element.js';

/**
 * Makes the class of `<drs-job-list>`: the user's newest jobs with their states, live.
 *
 * Attributes: `limit` (how many at a time, 1 to 100, default 10), `href` (the page of a job, with `{id}`; default `<mount>/ui/jobs/{id}`),
 * `status` and `server` (a state and a server's number, chosen at the start),
 * `base` or `src` (the mount; default: where the script came from), `socket-path` (default `/socket.io`).
 *
 * Event, which bubbles: `drs-open` (`detail`: jobId, title, href), when a job is chosen. Unless it is prevented, the page
 * of the job opens. The slot `empty` holds what stands there when there are no jobs.
 *
 * CSS variables: those of theme.ts. Parts: `frame`, `connection`, `error`, `table`, `row`, `title`, `link`, `status` (and
 * `status-running` …), `server`, `age`, `more`, `empty`, `filters`, `filter`.
 */
export function createJobListElement(context: ElementContext): CustomElementConstructor {
  return liveElement({
    attributes: ['limit', 'status', 'server', 'href', 'base', 'src', 'socket-path'],
    css: listCss,
    open: (element, root) => openList(element, root, context),
  });
}

function openList(element: HTMLElement, root: ShadowRoot, context: ElementContext): () => void {
  const { client, release } = context.connections.acquire(mountOf(element, context));
  const pattern = element.getAttribute('href') ?? `${client.base}/ui/jobs/{id}`;
  const view = new JobListView({
    root,
    client,
    limit: limitOf(element),
    filters: { status: element.getAttribute('status'), server: element.getAttribute('server') },
    hrefOf: (jobId) => pattern.replaceAll('{id}', String(jobId)),
    open(detail, event) {
      const openEvent = new CustomEvent('drs-open', {
        detail,
        bubbles: true,
        composed: true,
        cancelable: true,
      });
      const isWanted = element.dispatchEvent(openEvent);
      // The click is dealt with here: on the link it would lead there a second time.
      event.preventDefault();
      if (isWanted) location.assign(detail.href);
    },
  });
  return () => {
    view.close();
    release();
  };
}

function limitOf(element: HTMLElement): number {
  const limit = Number(element.getAttribute('limit') ?? 10);
  return Number.isInteger(limit) ? Math.min(100, Math.max(1, limit)) : 10;
}
