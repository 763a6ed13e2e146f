/** `drsRouter()`: the REST routes and pages, to mount in an Express app. */

import { Router } from 'express';
import { internalsOf } from '../internals.js';
import { optionsFromEnvironment, type RemoteSubmissionOptions } from '../options.js';
import { createRemoteSubmission, type RemoteSubmission } from '../remote-submission.js';
import { routes } from './routes.js';
import { serveRoutes, type Service } from './serve-routes.js';
import { startWorkerOfProcess } from './worker-of-process.js';

/** A router, and the instance that it serves. */
export interface DrsRouter extends Router {
  readonly drs: RemoteSubmission;
}

/**
 * The REST routes and pages of an instance, for Express 4 and 5, to mount at any path.
 *
 * - `drsRouter(drs)` serves an instance that exists; call `drs.migrate()` yourself.
 * - `drsRouter(options)` makes an instance, and brings its tables up to date before the first request.
 * - `drsRouter()` makes one from `DATABASE_URL`, `REDIS_URL` and `DRS_SECRET`, and is complete in itself: it also
 *   starts a worker in this process, which hands its jobs over when the process gets SIGTERM or SIGINT. Set
 *   `DRS_WORKER=off` where `drs worker` runs them.
 *
 * Mount it after what signs users in, because it asks `identify(request)` (default: `request.user`). Whether
 * `express.json()` runs before it does not matter, but that parser's limit (100 kB by default) then holds for programs.
 *
 * @param source options, an instance, or nothing
 * @returns the router; `router.drs` is the instance
 * @throws OptionsError that lists what is missing or wrong
 * @example
 * app.use('/drs', drsRouter());
 */
export function drsRouter(source?: RemoteSubmissionOptions | RemoteSubmission): DrsRouter {
  const drs = isInstance(source)
    ? source
    : createRemoteSubmission(source === undefined ? optionsFromEnvironment() : source);
  const service: Service = {
    drs,
    ready: isInstance(source) ? async () => {} : migrateOnce(drs),
  };
  if (source === undefined) {
    startWorkerOfProcess({ drs, logger: internalsOf(drs).options.logger, ready: service.ready });
  }
  const router = Router();
  serveRoutes(router, routes, service);
  return Object.assign(router, { drs });
}

function isInstance(
  source: RemoteSubmissionOptions | RemoteSubmission | undefined,
): source is RemoteSubmission {
  return typeof source === 'object' && source !== null && 'submitJob' in source;
}

/** Requests wait for the first success; a failure is tried again by the next request. */
function migrateOnce(drs: RemoteSubmission): () => Promise<void> {
  let migrated: Promise<void> | undefined;
  return () => {
    migrated ??= drs.migrate().catch((error: unknown) => {
      migrated = undefined;
      throw error;
    });
    return migrated;
  };
}
