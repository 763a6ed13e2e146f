/** The client of a page: all that the elements use, and nothing for programs alone. */

import type { ServedPath } from '../protocol/paths.js';
import type { LogChunk, StatusEvent } from '../protocol/events.js';
import { followLog, type FollowOptions } from './follow-log.js';
import { createRequester, type ConnectOptions, type Requester } from './request.js';
import { createRest, type RestCalls } from './rest.js';
import { SocketPool } from './socket-pool.js';
import { JobsWatch, type JobsHandlers } from './watch-jobs.js';
import { LogWatch, type LogHandlers, type LogSelection } from './watch-log.js';

/** A client of one instance, as `client.js` gives it to pages. */
export interface PageClient extends RestCalls {
  /** The mount's address, without a slash at the end. */
  readonly base: string;
  /** The address of a path below the mount, for links, as in `url('/jobs/42/results.zip')`. */
  url(path: ServedPath, query?: Record<string, string | number | boolean | undefined>): string;
  /** Hears of the newest jobs, then of each change. Returns the function that stops it. */
  watchJobs(options: { limit?: number }, handlers: JobsHandlers | ((event: StatusEvent) => void)): () => void;
  /** Hears a log from a chunk on, across breaks. Returns the function that stops it. */
  watchLog(selection: LogSelection, handlers: LogHandlers): () => void;
  /**
   * The chunks of an attempt (default: the newest) after `after`, then live; ends when the attempt is over.
   * Comes back by itself after a break. @throws DrsClientError when the server refuses
   */
  log(jobId: number, options?: FollowOptions): AsyncGenerator<LogChunk, void, undefined>;
  /** Ends every watch and connection. */
  close(): void;
}

/** Connects to an instance. @throws TypeError for an address that is none */
export function connectPage(url: string | URL, options: ConnectOptions = {}): PageClient {
  return createPageClient(requesterOf(url, options), options);
}

/** @param url the mount; in a page it may be a path */
export function requesterOf(url: string | URL, options: ConnectOptions): Requester {
  return createRequester(new URL(url, globalThis.document?.baseURI), options);
}

/** Makes the client over a requester. */
export function createPageClient(request: Requester, options: ConnectOptions): PageClient {
  const rest = createRest(request);
  const pool = new SocketPool(new URL(request.base).origin, options, request);
  const watchLog: PageClient['watchLog'] = (selection, handlers) => {
    const watch = new LogWatch(selection, handlers, rest);
    const leave = pool.open(watch);
    return () => {
      watch.stop();
      leave();
    };
  };
  return {
    ...rest,
    base: request.base,
    url: (path, query) => request.url(path, query),
    watchJobs({ limit = 10 }, handlers) {
      const heard = typeof handlers === 'function' ? { onStatus: handlers } : handlers;
      return pool.open(new JobsWatch(limit, heard));
    },
    watchLog,
    log: (jobId, followOptions = {}) => followLog(watchLog, jobId, followOptions),
    close: () => pool.close(),
  };
}
