/** The route table: everything that the router serves. */

import { connectionTestRoutes } from './handlers/connection-test.js';
import { eventRoutes } from './handlers/events.js';
import { healthRoutes } from './handlers/health.js';
import { hostKeyRoutes } from './handlers/host-keys.js';
import { interpreterRoutes } from './handlers/interpreters.js';
import { jobActionRoutes } from './handlers/job-actions.js';
import { jobRoutes } from './handlers/jobs.js';
import { logRoutes } from './handlers/logs.js';
import { openApiRoutes } from './handlers/openapi.js';
import { pageRoutes } from './handlers/pages.js';
import { resultRoutes } from './handlers/results.js';
import { serverRoutes } from './handlers/servers.js';
import type { Route } from './route.js';

/** Every route, in the order in which they are tried. */
export const routes: readonly Route[] = [
  ...interpreterRoutes,
  ...serverRoutes,
  ...hostKeyRoutes,
  ...connectionTestRoutes,
  ...jobRoutes,
  ...jobActionRoutes,
  ...logRoutes,
  ...eventRoutes,
  ...resultRoutes,
  ...openApiRoutes(() => routes),
  ...healthRoutes,
  ...pageRoutes,
];
