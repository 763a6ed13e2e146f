/** `/health`: can the database and Redis be reached. */

import { definePublicRoute, type Route } from '../route.js';
import { healthSchema } from '../../protocol/schemas/result-schemas.js';
import { json } from '../answer.js';

const schema = healthSchema;

export const healthRoutes: Route[] = [
  // Public: a load balancer has no session. It learns one word; which part is away is for those who are signed in.
  definePublicRoute({
    method: 'get',
    path: '/health',
    summary: 'Whether the database and Redis can be reached',
    answers: {
      200: { description: 'Both can', schema },
      503: { description: 'One of them cannot be reached', schema },
    },
    async handle({ checkHealth, user }) {
      const health = await checkHealth();
      const status = health.status === 'ok' ? 200 : 503;
      return json(user ? health : { status: health.status }, { status });
    },
  }),
];
