/** Watches the states of the user's jobs. */

import type { StatusEvent } from '../protocol/events.js';
import type { DrsClientError } from './client-error.js';
import type { SocketLink, Watch } from './socket-link.js';

/** Whether events arrive just now. */
export type ConnectionState = 'live' | 'lost';

/** What a viewer of jobs hears. */
export interface JobsHandlers {
  /** The newest jobs at the start and after each break, newest first, then each change. */
  onStatus(event: StatusEvent): void;
  onConnection?(state: ConnectionState): void;
  /** The server refuses for good. Without this handler, it is an uncaught error. */
  onRefused?(error: DrsClientError): void;
}

/** A watch on the newest jobs. */
export class JobsWatch implements Watch {
  readonly #limit: number;
  readonly #handlers: JobsHandlers;

  constructor(limit: number, handlers: JobsHandlers) {
    this.#limit = limit;
    this.#handlers = handlers;
  }

  start(link: SocketLink): Promise<void> {
    return link.ask<{ jobs: StatusEvent[] }>('watch:jobs', { limit: this.#limit }, ({ jobs }) => {
      this.#handlers.onConnection?.('live');
      for (const event of jobs) this.onStatus(event);
    });
  }

  onLost(): void {
    this.#handlers.onConnection?.('lost');
  }

  onStatus(event: StatusEvent): void {
    this.#handlers.onStatus(event);
  }

  onRefused(error: DrsClientError): void {
    tellRefusal(error, this.#handlers.onRefused?.bind(this.#handlers));
  }
}

/** Gives a refusal to whoever listens; a refusal that nobody listens to must not pass unseen. */
export function tellRefusal(error: DrsClientError, listen?: (error: DrsClientError) => void): void {
  if (listen) return listen(error);
  queueMicrotask(() => {
    throw error;
  });
}
