/** The routes of a server's host key. */

import { approveInput } from '../../protocol/schemas/connection-schemas.js';
import { json, noContent } from '../answer.js';
import { defineRoute, type Route } from '../route.js';
import { hostKeyAnswer } from '../../protocol/schemas/connection-schemas.js';
import { presentHostKey } from '../present.js';
import { loadServer } from '../targets.js';

const known = { description: 'The host key, and another one that was shown', schema: hostKeyAnswer };

export const hostKeyRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/servers/:id/host-key',
    summary: 'Administrators: the host key of the server',
    action: 'server:keys',
    load: loadServer,
    answers: { 200: known },
    handle: async ({ drs, target, user }) =>
      json(presentHostKey(await drs.hostKeys.get(target.id, { as: user }))),
  }),
  defineRoute({
    method: 'post',
    path: '/servers/:id/host-key',
    summary: 'Administrators: approve the key with this fingerprint',
    action: 'server:keys',
    load: loadServer,
    body: approveInput,
    answers: { 200: known },
    handle: async ({ drs, target, body, user }) =>
      json(presentHostKey(await drs.hostKeys.approve(target.id, body, { as: user }))),
  }),
  defineRoute({
    method: 'delete',
    path: '/servers/:id/host-key',
    summary: 'Administrators: forget the key; the next connection pins the one that it sees',
    action: 'server:keys',
    load: loadServer,
    answers: { 204: { description: 'Forgotten' } },
    async handle({ drs, target, user }) {
      await drs.hostKeys.forget(target.id, { as: user });
      return noContent();
    },
  }),
];
