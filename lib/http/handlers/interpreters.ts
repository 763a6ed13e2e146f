/** The routes below `/interpreters`. */

import {
  interpreterBody,
  interpreterPatch,
  interpreterQuery,
  interpreterSchema,
} from '../../protocol/schemas/interpreter-schemas.js';
import { pageSchema } from '../../protocol/schemas/list-schemas.js';
import { created, json, noContent } from '../answer.js';
import { listAnswer } from '../list-answer.js';
import { defineRoute, type Route } from '../route.js';
import { loadInterpreter } from '../targets.js';

const one = { description: 'The interpreter', schema: interpreterSchema };

export const interpreterRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/interpreters',
    summary: 'Interpreters, newest first',
    query: interpreterQuery,
    answers: { 200: { description: 'A page of interpreters', schema: pageSchema(interpreterSchema) } },
    async handle(context) {
      const { drs, query, user } = context;
      return listAnswer(context, await drs.interpreters.list(query, { as: user }));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/interpreters',
    summary: 'Add an interpreter',
    action: 'interpreter:create',
    body: interpreterBody,
    answers: { 201: one },
    async handle({ drs, body, user, baseUrl }) {
      const interpreter = await drs.interpreters.create(body, { as: user });
      return created(interpreter, `${baseUrl}/interpreters/${interpreter.id}`);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/interpreters/:id',
    summary: 'One interpreter',
    action: 'interpreter:read',
    load: loadInterpreter,
    answers: { 200: one },
    handle: async ({ drs, target, user }) => json(await drs.interpreters.get(target.id, { as: user })),
  }),
  defineRoute({
    method: 'patch',
    path: '/interpreters/:id',
    summary: 'Change an interpreter',
    action: 'interpreter:update',
    load: loadInterpreter,
    body: interpreterPatch,
    answers: { 200: one },
    handle: async ({ drs, target, body, user }) =>
      json(await drs.interpreters.update(target.id, body, { as: user })),
  }),
  defineRoute({
    method: 'delete',
    path: '/interpreters/:id',
    summary: 'Delete an interpreter that nothing uses',
    action: 'interpreter:delete',
    load: loadInterpreter,
    answers: { 204: { description: 'Deleted' } },
    async handle({ drs, target, user }) {
      await drs.interpreters.delete(target.id, { as: user });
      return noContent();
    },
  }),
];
