/** Which method of the client asks for which route: a route without one does not compile. */

import type { RouteName } from '../protocol/paths.js';
import type { DrsClient } from './connect.js';

/** Pages, and what they load: for browsers. */
type PageRoute = 'GET /client.js' | 'GET /ui' | 'GET /ui/jobs/:id' | 'GET /ui/page.js' | 'GET /ui/style.css';

type Complete<Methods extends Record<Exclude<RouteName, PageRoute>, unknown>> = Methods;

/** The method for each route, as in `RouteMethods['POST /jobs/:id/submit']`. Event streams are what watches fall back to. */
export type RouteMethods = Complete<{
  'GET /events': DrsClient['watchJobs'];
  'GET /health': DrsClient['health'];
  'GET /interpreters': DrsClient['interpreters']['list'];
  'POST /interpreters': DrsClient['interpreters']['create'];
  'GET /interpreters/:id': DrsClient['interpreters']['get'];
  'PATCH /interpreters/:id': DrsClient['interpreters']['update'];
  'DELETE /interpreters/:id': DrsClient['interpreters']['delete'];
  'GET /jobs': DrsClient['jobs']['list'];
  'POST /jobs': DrsClient['jobs']['create'];
  'GET /jobs/:id': DrsClient['jobs']['get'];
  'PATCH /jobs/:id': DrsClient['jobs']['update'];
  'DELETE /jobs/:id': DrsClient['jobs']['delete'];
  'POST /jobs/:id/cancel': DrsClient['jobs']['cancel'];
  'POST /jobs/:id/copy': DrsClient['jobs']['copy'];
  'GET /jobs/:id/events': DrsClient['watchLog'];
  'GET /jobs/:id/explanation': DrsClient['jobs']['explain'];
  'GET /jobs/:id/log': DrsClient['logStream'];
  'GET /jobs/:id/logs': DrsClient['logPage'];
  'POST /jobs/:id/requeue': DrsClient['jobs']['requeue'];
  'GET /jobs/:id/results': DrsClient['results'];
  'GET /jobs/:id/results.zip': DrsClient['resultsZip'];
  'POST /jobs/:id/retry': DrsClient['jobs']['retry'];
  'GET /jobs/:id/search': DrsClient['searchLog'];
  'POST /jobs/:id/submit': DrsClient['jobs']['submit'];
  'GET /logs': DrsClient['listLogs'];
  'GET /openapi.json': DrsClient['openApi'];
  'GET /results': DrsClient['listResults'];
  'GET /results/:id/file': DrsClient['resultStream'];
  'GET /servers': DrsClient['servers']['list'];
  'POST /servers': DrsClient['servers']['create'];
  'GET /servers/:id': DrsClient['servers']['get'];
  'PATCH /servers/:id': DrsClient['servers']['update'];
  'DELETE /servers/:id': DrsClient['servers']['delete'];
  'GET /servers/:id/host-key': DrsClient['servers']['hostKey'];
  'POST /servers/:id/host-key': DrsClient['servers']['approveHostKey'];
  'DELETE /servers/:id/host-key': DrsClient['servers']['forgetHostKey'];
  'POST /servers/:id/test': DrsClient['servers']['test'];
}>;
