/** `/openapi.json`: the routes, described from the table that they are served from. */

import type { z } from 'zod';
import { json } from '../answer.js';
import { describeRoutes } from '../openapi.js';
import { defineRoute, type Route } from '../route.js';

/** @param routes gives the whole table; asked when it is complete */
export function openApiRoutes(routes: () => readonly Route[]): Route[] {
  return [
    defineRoute<z.ZodObject, z.ZodObject>({
      method: 'get',
      path: '/openapi.json',
      summary: 'This description (OpenAPI 3.1)',
      answers: { 200: { description: 'The description', contentType: 'application/json; charset=utf-8' } },
      handle: () => json(describeRoutes(routes())),
    }),
  ];
}
