/** Makes the elements known to the browser. */

import { Connections } from './connections.js';
import { createJobListElement } from './job-list.js';
import { createJobLogElement } from './job-log.js';
import { createJobSubmitElement } from './job-submit.js';

/**
 * Defines `<drs-job-log>`, `<drs-job-list>` and `<drs-job-submit>`. Elements that are defined already stay as they are.
 *
 * @param options `base`: the mount, where an element has no attribute `base`. Default `/drs`
 * @throws ReferenceError outside of a browser
 * @example
 * import { defineElements } from 'express-remote-submission/client';
 * defineElements({ base: '/drs' });
 */
export function defineElements(options: { base?: string } = {}): void {
  const context = { mount: options.base ?? '/drs', connections: new Connections() };
  const makers = {
    'drs-job-log': createJobLogElement,
    'drs-job-list': createJobListElement,
    'drs-job-submit': createJobSubmitElement,
  };
  for (const [name, make] of Object.entries(makers)) {
    if (!customElements.get(name)) customElements.define(name, make(context));
  }
}
