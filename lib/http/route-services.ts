/** What the routes of one router are served with. */

import type { Access } from '../access.js';
import { createStoredOutput, type StoredOutput } from '../domain/stored-output.js';
import { internalsOf } from '../internals.js';
import type { RemoteSubmission } from '../remote-submission.js';
import { createHealthCheck, type Health } from './check-health.js';
import { EventStreams, type StreamTiming } from './event-streams.js';

/** The instance as host code has it, and what the routes need besides. */
export interface RouteServices {
  readonly drs: RemoteSubmission;
  /** Asked for the right to a route, before its input is looked at. */
  readonly access: Pick<Access, 'require'>;
  readonly output: StoredOutput;
  readonly streams: EventStreams;
  checkHealth: () => Promise<Health>;
}

export function createRouteServices(drs: RemoteSubmission, timing?: Partial<StreamTiming>): RouteServices {
  const internals = internalsOf(drs);
  const { access, sequelize, options } = internals;
  const { logger, redis } = options;
  return {
    drs,
    access,
    output: createStoredOutput(internals),
    streams: new EventStreams({ ...internals, logger }, timing),
    checkHealth: createHealthCheck({ sequelize, redis }),
  };
}
