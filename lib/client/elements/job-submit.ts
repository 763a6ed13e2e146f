/** The element `<drs-job-submit>`. */

import { placeOf, type ElementContext } from './connections.js';
import { h, styleSheet } from './dom.js';
import { JobSubmitView } from './job-submit-view.js';
import { submitCss } from './submit-css.js';
import { themeCss } from './theme.js';

/**
 * Makes the class of `<drs-job-submit>`: a form that takes a program, hands it to a server, and shows its output.
 *
 * Attributes: `server` and `interpreter` (numbers, chosen at the start), `directory` (default `~/drs-jobs/{job}`),
 * `filename` (default `program.py`), `base` or `src` (the mount; default: where the script came from), `socket-path`.
 *
 * Event, which bubbles: `drs-submit` (`detail`: jobId, attempt, status, title, href). Unless it is prevented, the output
 * is shown in place of the form.
 *
 * CSS variables: those of theme.ts. Parts: `frame`, `form`, `field`, `drop`, `file`, `error`, `send`, `watch`, `another`.
 */
export function createJobSubmitElement(context: ElementContext): CustomElementConstructor {
  const sheet = styleSheet(themeCss, submitCss);
  return class DrsJobSubmitElement extends HTMLElement {
    #release: (() => void) | undefined;

    connectedCallback(): void {
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [sheet];
      const place = placeOf(this, context);
      const { client, release } = context.connections.acquire(place);
      this.#release = release;
      const start = {
        server: this.getAttribute('server'),
        interpreter: this.getAttribute('interpreter'),
        directory: this.getAttribute('directory') ?? '~/drs-jobs/{job}',
        filename: this.getAttribute('filename') ?? 'program.py',
      };
      new JobSubmitView({
        ...{ root, client, start },
        createLog: (job) => h('drs-job-log', { job, base: place.base, 'socket-path': place.socketPath }),
        submitted: (detail) =>
          this.dispatchEvent(
            new CustomEvent('drs-submit', { detail, bubbles: true, composed: true, cancelable: true }),
          ),
      });
    }

    disconnectedCallback(): void {
      this.#release?.();
      this.shadowRoot?.replaceChildren();
    }
  };
}
