/** The clients of a page: elements with the same mount share one. */

import { connectPage, type PageClient } from '../page-client.js';

/** Where an element looks. */
export interface Mount {
  /** The address of the mount. */
  base: string;
  socketPath?: string;
}

/** Hands out shared clients. */
export class Connections {
  readonly #clients = new Map<string, { client: PageClient; users: number }>();

  /** The client of a mount, and the function that gives it back. */
  acquire({ base, socketPath }: Mount): { client: PageClient; release: () => void } {
    const key = JSON.stringify([base, socketPath]);
    const entry = this.#clients.get(key) ?? { client: connectPage(base, { socketPath }), users: 0 };
    entry.users += 1;
    this.#clients.set(key, entry);
    const release = () => {
      entry.users -= 1;
      if (entry.users > 0) return;
      this.#clients.delete(key);
      entry.client.close();
    };
    return { client: entry.client, release };
  }
}

/** What all elements of one definition share. */
export interface ElementContext {
  /** The mount where an element names none. */
  readonly mount: string;
  readonly connections: Connections;
}

/** Where an element looks: its attribute `base` (or `src`), or the mount that its script came from. */
export function mountOf(element: HTMLElement, context: ElementContext): Mount {
  const base = element.getAttribute('base') ?? element.getAttribute('src') ?? context.mount;
  const socketPath = element.getAttribute('socket-path') ?? undefined;
  return { base: new URL(base, document.baseURI).href, socketPath };
}
