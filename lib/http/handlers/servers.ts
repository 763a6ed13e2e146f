/** The routes below `/servers`. */

import { created, json, noContent } from '../answer.js';
import { createServer, deleteServer, updateServer } from '../change-servers.js';
import { listAnswer, listQuery, pageSchema } from '../pages-of-records.js';
import { presentServers } from '../present.js';
import { defineRoute, type Route } from '../route.js';
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
      const server = await createServer({ internals, user }, body);
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
      const server = await updateServer({ internals, user }, target.id, body);
      return json((await presentServers(internals, [server], user))[0]);
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/servers/:id',
    summary: 'Delete a server that no job uses',
    action: 'server:delete',
    load: loadServer,
    answers: { 204: { description: 'Deleted' } },
    async handle({ internals, target, user }) {
      await deleteServer({ internals, user }, target.id);
      return noContent();
    },
  }),
];
