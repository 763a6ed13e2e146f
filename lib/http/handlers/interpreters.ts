/** The routes below `/interpreters`. */

import { ConflictError } from '../../errors.js';
import { created, json, noContent } from '../answer.js';
import { listAnswer, listQuery, pageSchema } from '../pages-of-records.js';
import { presentInterpreter } from '../present.js';
import { defineRoute, type Route } from '../route.js';
import { interpreterBody, interpreterFilters, interpreterPatch, interpreterSchema } from '../schemas.js';
import { loadInterpreter, type Interpreter } from '../targets.js';
import type { Internals } from '../../internals.js';
import { saving } from '../saving.js';
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
    async handle({ internals, body, baseUrl }) {
      const values = { ...body, arguments: body.arguments ?? [] };
      const interpreter = await saving(() => internals.models.Interpreter.create(values));
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
    handle: async ({ target, body }) => json(presentInterpreter(await saving(() => target.update(body)))),
  }),
  defineRoute({
    method: 'delete',
    path: '/interpreters/:id',
    summary: 'Delete an interpreter that nothing uses',
    action: 'interpreter:delete',
    load: loadInterpreter,
    answers: { 204: { description: 'Deleted' } },
    async handle({ internals, target }) {
      await requireUnused(internals, target);
      await saving(() => target.destroy());
      return noContent();
    },
  }),
];

async function requireUnused({ models }: Internals, interpreter: Interpreter): Promise<void> {
  const [jobs, servers] = await Promise.all([
    models.Job.count({ where: { interpreterId: interpreter.id } }),
    interpreter.getServers(),
  ]);
  const users = [jobs > 0 && `${jobs} job(s)`, servers.length > 0 && `${servers.length} server(s)`].filter(
    Boolean,
  );
  if (users.length === 0) return;
  const message = `Interpreter ${interpreter.id} is in use by ${users.join(' and ')}. Change or delete these first.`;
  throw new ConflictError('in_use', message);
}
