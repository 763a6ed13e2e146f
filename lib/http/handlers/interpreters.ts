/** The routes below `/interpreters`. */

import { created, json, noContent } from '../answer.js';
import { createInterpreter, deleteInterpreter, updateInterpreter } from '../change-interpreters.js';
import { listAnswer, listQuery, pageSchema } from '../pages-of-records.js';
import { presentInterpreter } from '../present.js';
import { defineRoute, type Route } from '../route.js';
import { interpreterBody, interpreterFilters, interpreterPatch, interpreterSchema } from '../schemas.js';
import { loadInterpreter } from '../targets.js';
import { pageOfInterpreters } from '../visible-pages.js';

const one = { description: 'The interpreter', schema: interpreterSchema };

export const interpreterRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/interpreters',
    summary: 'Interpreters, newest first',
    query: listQuery(interpreterFilters),
    answers: { 200: { description: 'A page of interpreters', schema: pageSchema(interpreterSchema) } },
    async handle(context) {
      const page = await pageOfInterpreters(context);
      return listAnswer(context, page.rows.map(presentInterpreter), page.next);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/interpreters',
    summary: 'Add an interpreter',
    action: 'interpreter:create',
    body: interpreterBody,
    answers: { 201: one },
    async handle({ internals, body, user, baseUrl }) {
      const interpreter = await createInterpreter({ internals, user }, body);
      return created(presentInterpreter(interpreter), `${baseUrl}/interpreters/${interpreter.id}`);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/interpreters/:id',
    summary: 'One interpreter',
    action: 'interpreter:read',
    load: loadInterpreter,
    answers: { 200: one },
    handle: ({ target }) => json(presentInterpreter(target)),
  }),
  defineRoute({
    method: 'patch',
    path: '/interpreters/:id',
    summary: 'Change an interpreter',
    action: 'interpreter:update',
    load: loadInterpreter,
    body: interpreterPatch,
    answers: { 200: one },
    handle: async ({ internals, target, body, user }) =>
      json(presentInterpreter(await updateInterpreter({ internals, user }, target.id, body))),
  }),
  defineRoute({
    method: 'delete',
    path: '/interpreters/:id',
    summary: 'Delete an interpreter that nothing uses',
    action: 'interpreter:delete',
    load: loadInterpreter,
    answers: { 204: { description: 'Deleted' } },
    async handle({ internals, target, user }) {
      await deleteInterpreter({ internals, user }, target.id);
      return noContent();
    },
  }),
];
