/** The element `<drs-job-log>`. */

import { mountOf, type ElementContext } from './connections.js';
import { h } from './dom.js';
import { JobLogView } from './job-log-view.js';
import { liveElement } from './live-element.js';
import { logCss } from './log-css.js';

/**
 * Makes the class of `<drs-job-log job="42">`: the live output of a job, with its state and its results.
 *
 * Attributes: `job` (its number), `attempt` (default: the newest, and each newer one), `base` or `src` (the mount;
 * default: where the script came from), `socket-path` (default `/socket.io`). All may change at any time. At the start,
 * `wrap` wraps long lines and `times` shows when each came.
 *
 * Lines have links, as in `#L120` and `#L10-L20`; an element with an `id` has its own, as in `#myid-L120`.
 *
 * Events, which bubble: `drs-status` (`detail`: jobId, attempt, title, status, failureReason, modified) and
 * `drs-end` (`detail`: jobId, attempt, status, failureReason), when the attempt is over and its output is all there.
 *
 * CSS variables, besides those of theme.ts: `--drs-log-height` (the most that the output takes, default
 * `min(70vh, 34rem)`), `--drs-log-min-height`, `--drs-colour-0` to `--drs-colour-15` (the terminal's colours).
 *
 * Parts: `frame`, `header`, `title`, `status` (and `status-running` …), `meta`, `error`, `connection`, `reason`,
 * `action`, `cancel`, `again`, `problem`, `toolbar`, `search`, `tool`, `hit` (and `hit-current`), `viewport`, `log`,
 * `rows`, `row` (and `row-stdout`, `row-stderr`, `row-selected`, `row-missing`), `gutter`, `time`, `text`, `empty`,
 * `loading`, `load`, `follow`, `results`, `result`, `download`, `raw`, `raw-link`.
 */
export function createJobLogElement(context: ElementContext): CustomElementConstructor {
  return liveElement({
    attributes: ['job', 'attempt', 'base', 'src', 'socket-path'],
    css: logCss,
    open: (element, root) => openLog(element, root, context),
  });
}

/** Shows what the attributes ask for; returns the function that ends it. */
function openLog(element: HTMLElement, root: ShadowRoot, context: ElementContext): () => void {
  const jobId = numberOf(element.getAttribute('job'));
  const attempt = element.hasAttribute('attempt') ? numberOf(element.getAttribute('attempt')) : undefined;
  if (jobId === null || attempt === null) {
    const name = jobId === null ? 'job' : 'attempt';
    const words = `The attribute “${name}” must be a number, as in <drs-job-log ${name}="1">.`;
    root.replaceChildren(
      h('div', { class: 'frame' }, h('p', { class: 'notice', part: 'error', role: 'alert' }, words)),
    );
    return () => undefined;
  }
  const { client, release } = context.connections.acquire(mountOf(element, context));
  const fire = (name: string, detail: object) =>
    element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  const view = new JobLogView({ root, client, jobId, attempt, fire });
  return () => {
    view.close();
    release();
  };
}

function numberOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,9}$/.test(text.trim()) ? Number(text) : null;
}
