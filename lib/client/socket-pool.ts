/** The connections of a client: one for everything, and another only where the same job is watched twice. */

import type { ConnectOptions, Requester } from './request.js';
import { SocketLink, type Watch } from './socket-link.js';

/** Opens a connection when the first watch comes, and closes it after the last one left. */
export class SocketPool {
  readonly #origin: string;
  readonly #request: Requester;
  readonly #options: ConnectOptions;
  readonly #links = new Set<SocketLink>();

  constructor(origin: string, options: ConnectOptions, request: Requester) {
    this.#origin = origin;
    this.#request = request;
    this.#options = options;
  }

  /** Starts a watch; returns the function that stops it. */
  open(watch: Watch): () => void {
    const link = this.#linkFor(watch);
    link.add(watch);
    return () => {
      link.remove(watch);
      if (link.size > 0) return;
      this.#links.delete(link);
      link.close();
    };
  }

  close(): void {
    for (const link of this.#links) link.close();
    this.#links.clear();
  }

  /** The server knows a viewer's watch by its job: a second cursor in the same log needs its own connection. */
  #linkFor({ jobId }: Watch): SocketLink {
    for (const link of this.#links) {
      if (jobId === undefined || !link.watchesJob(jobId)) return link;
    }
    const link = new SocketLink(this.#origin, this.#options, this.#request);
    this.#links.add(link);
    return link;
  }
}
