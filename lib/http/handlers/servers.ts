/** The routes below `/servers`. */

import type { User } from '../../core/records.js';
import { ConflictError, ValidationError } from '../../errors.js';
import type { Internals } from '../../internals.js';
import { created, json, noContent } from '../answer.js';
import { listAnswer, listQuery, pageSchema } from '../pages-of-records.js';
import { presentServers } from '../present.js';
import { defineRoute, type Route } from '../route.js';
import { saving } from '../saving.js';
import { pageOfServers } from '../visible-pages.js';
import { serverBody, serverFilters, serverPatch, serverSchema } from '../schemas.js';
import { loadServer } from '../targets.js';

const one = { description: 'The server', schema: serverSchema };

export const serverRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/servers',
    summary: 'Servers, newest first',
    query: listQuery(serverFilters),
    answers: { 200: { description: 'A page of servers', schema: pageSchema(serverSchema) } },
    async handle(context) {
      const page = await pageOfServers(context);
      return listAnswer(context, await presentServers(context.internals, page.rows, context.user), page.next);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/servers',
    summary: 'Add a server',
    action: 'server:create',
    body: serverBody,
    answers: { 201: one },
    async handle({ internals, body, user, baseUrl }) {
      const { interpreterIds = [], ...values } = body;
      await requireInterpreters(internals, interpreterIds, user);
      const server = await saving(() =>
        internals.sequelize.transaction(async (transaction) => {
          const made = await internals.models.Server.create({ port: 22, ...values }, { transaction });
          await made.setInterpreters([...new Set(interpreterIds)], { transaction });
          return made;
        }),
      );
      const [value] = await presentServers(internals, [server], user);
      return created(value, `${baseUrl}/servers/${server.id}`);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/servers/:id',
    summary: 'One server',
    action: 'server:read',
    load: loadServer,
    answers: { 200: one },
    handle: async ({ internals, target, user }) => json((await presentServers(internals, [target], user))[0]),
  }),
  defineRoute({
    method: 'patch',
    path: '/servers/:id',
    summary: 'Change a server',
    action: 'server:update',
    load: loadServer,
    body: serverPatch,
    answers: { 200: one },
    async handle({ internals, target, body, user }) {
      const { interpreterIds, ...values } = body;
      if (interpreterIds) await requireInterpreters(internals, interpreterIds, user);
      await saving(() =>
        internals.sequelize.transaction(async (transaction) => {
          await target.update(values, { transaction });
          if (interpreterIds) await target.setInterpreters([...new Set(interpreterIds)], { transaction });
        }),
      );
      return json((await presentServers(internals, [target], user))[0]);
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/servers/:id',
    summary: 'Delete a server that no job uses',
    action: 'server:delete',
    load: loadServer,
    answers: { 204: { description: 'Deleted' } },
    async handle({ internals, target }) {
      const jobs = await internals.models.Job.count({ where: { serverId: target.id } });
      if (jobs > 0) {
        const message = `Server ${target.id} is in use by ${jobs} job(s). Change or delete these first.`;
        throw new ConflictError('in_use', message);
      }
      await saving(() => target.destroy());
      return noContent();
    },
  }),
];

async function requireInterpreters(internals: Internals, ids: readonly number[], user: User): Promise<void> {
  const known = new Set<number>();
  for (const interpreter of await internals.models.Interpreter.findAll({ where: { id: [...ids] } })) {
    if (await internals.access.isAllowed(user, 'interpreter:read', interpreter)) known.add(interpreter.id);
  }
  const problems = ids.flatMap((id, index) =>
    known.has(id) ? [] : [{ path: `interpreterIds.${index}`, message: `there is no interpreter ${id}` }],
  );
  if (problems.length > 0) throw new ValidationError(problems);
}
