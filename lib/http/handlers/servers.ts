/** The routes below `/servers`. */

import { pageSchema } from '../../protocol/schemas/list-schemas.js';
import { serverBody, serverPatch, serverQuery, serverSchema } from '../../protocol/schemas/server-schemas.js';
import { created, json, noContent } from '../answer.js';
import { listAnswer } from '../list-answer.js';
import { defineRoute, type Route } from '../route.js';
import { loadServer } from '../targets.js';

const one = { description: 'The server', schema: serverSchema };

export const serverRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/servers',
    summary: 'Servers, newest first',
    query: serverQuery,
    answers: { 200: { description: 'A page of servers', schema: pageSchema(serverSchema) } },
    async handle(context) {
      const { drs, query, user } = context;
      return listAnswer(context, await drs.servers.list(query, { as: user }));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/servers',
    summary: 'Add a server',
    action: 'server:create',
    body: serverBody,
    answers: { 201: one },
    async handle({ drs, body, user, baseUrl }) {
      const server = await drs.servers.create(body, { as: user });
      return created(server, `${baseUrl}/servers/${server.id}`);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/servers/:id',
    summary: 'One server',
    action: 'server:read',
    load: loadServer,
    answers: { 200: one },
    handle: async ({ drs, target, user }) => json(await drs.servers.get(target.id, { as: user })),
  }),
  defineRoute({
    method: 'patch',
    path: '/servers/:id',
    summary: 'Change a server',
    action: 'server:update',
    load: loadServer,
    body: serverPatch,
    answers: { 200: one },
    handle: async ({ drs, target, body, user }) =>
      json(await drs.servers.update(target.id, body, { as: user })),
  }),
  defineRoute({
    method: 'delete',
    path: '/servers/:id',
    summary: 'Delete a server that no job uses',
    action: 'server:delete',
    load: loadServer,
    answers: { 204: { description: 'Deleted' } },
    async handle({ drs, target, user }) {
      await drs.servers.delete(target.id, { as: user });
      return noContent();
    },
  }),
];
