/** The element `<drs-job-submit>`. */

import { defaultRemoteDirectory } from '../../protocol/remote-path.js';
import { mountOf, type ElementContext } from './connections.js';
import { h } from './dom.js';
import { JobSubmitView } from './job-submit-view.js';
import { liveElement } from './live-element.js';
import { submitCss } from './submit-css.js';

/**
 * Makes the class of `<drs-job-submit>`: a form that takes a program, hands it to a server, and shows its output.
 *
 * Attributes: `server` and `interpreter` (numbers, chosen at the start), `directory` (default `~/drs-jobs/{job}-{attempt}`),
 * `filename` (default `program.py`), `base` or `src` (the mount; default: where the script came from), `socket-path`.
 *
 * Event, which bubbles: `drs-submit` (`detail`: jobId, attempt, status, title, href). Unless it is prevented, the output
 * is shown in place of the form.
 *
 * CSS variables: those of theme.ts. Parts: `frame`, `form`, `field`, `drop`, `file`, `error`, `send`, `watch`, `another`.
 */
export function createJobSubmitElement(context: ElementContext): CustomElementConstructor {
  // What is being written must not be lost: no attribute begins the form anew.
  return liveElement({
    attributes: [],
    css: submitCss,
    open: (element, root) => openForm(element, root, context),
  });
}

function openForm(element: HTMLElement, root: ShadowRoot, context: ElementContext): () => void {
  const mount = mountOf(element, context);
  const { client, release } = context.connections.acquire(mount);
  const start = {
    server: element.getAttribute('server'),
    interpreter: element.getAttribute('interpreter'),
    directory: element.getAttribute('directory') ?? defaultRemoteDirectory,
    filename: element.getAttribute('filename') ?? 'program.py',
  };
  new JobSubmitView({
    root,
    client,
    start,
    createLog: (job) => h('drs-job-log', { job, base: mount.base, 'socket-path': mount.socketPath }),
    submitted: (detail) =>
      element.dispatchEvent(
        new CustomEvent('drs-submit', { detail, bubbles: true, composed: true, cancelable: true }),
      ),
  });
  return () => {
    release();
    root.replaceChildren();
  };
}
