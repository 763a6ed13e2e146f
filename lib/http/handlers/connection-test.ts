/** The route that tries a connection. */

import { signInInput } from '../../protocol/schemas/connection-schemas.js';
import { json } from '../answer.js';
import { defineRoute, type Route } from '../route.js';
import { connectionReport } from '../../protocol/schemas/connection-schemas.js';
import { presentReport } from '../present.js';
import { loadServer } from '../targets.js';

export const connectionTestRoutes: Route[] = [
  defineRoute({
    method: 'post',
    path: '/servers/:id/test',
    summary: 'Administrators: try the connection step by step, as a job would use it',
    action: 'server:keys',
    load: loadServer,
    body: signInInput,
    answers: { 200: { description: 'How each step went', schema: connectionReport } },
    handle: async ({ drs, target, body, user }) =>
      json(presentReport(await drs.servers.testConnection(target.id, { ...body, as: user }))),
  }),
];
