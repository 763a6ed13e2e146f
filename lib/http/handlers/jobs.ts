/** The routes of jobs themselves. */

import {
  jobBody,
  jobPatch,
  jobQuery,
  jobSchema,
  listedJobSchema,
} from '../../protocol/schemas/job-schemas.js';
import { pageSchema } from '../../protocol/schemas/list-schemas.js';
import { created, json, noContent } from '../answer.js';
import { listAnswer } from '../list-answer.js';
import { defineRoute, type Route } from '../route.js';
import { loadJob } from '../targets.js';

const one = { description: 'The job', schema: jobSchema };

export const jobRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/jobs',
    summary: 'Jobs that you may see, newest first, without their programs',
    query: jobQuery,
    answers: { 200: { description: 'A page of jobs', schema: pageSchema(listedJobSchema) } },
    async handle(context) {
      const { drs, query, user } = context;
      return listAnswer(context, await drs.jobs.list(query, { as: user }));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/jobs',
    summary: 'Add a job; it does not run before it is submitted',
    action: 'job:create',
    body: jobBody,
    answers: { 201: one },
    async handle({ drs, body, user, baseUrl }) {
      const job = await drs.jobs.create(body, { as: user });
      return created(job, `${baseUrl}/jobs/${job.id}`);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/jobs/:id',
    summary: 'One job',
    action: 'job:read',
    load: loadJob,
    answers: { 200: one },
    handle: async ({ drs, target, user }) => json(await drs.jobs.get(target.id, { as: user })),
  }),
  defineRoute({
    method: 'patch',
    path: '/jobs/:id',
    summary: 'Change a job; while it is submitted or running only its title',
    action: 'job:update',
    load: loadJob,
    body: jobPatch,
    answers: { 200: one },
    handle: async ({ drs, target, body, user }) => json(await drs.jobs.update(target.id, body, { as: user })),
  }),
  defineRoute({
    method: 'delete',
    path: '/jobs/:id',
    summary: 'Delete a job with its logs and results, unless it is submitted or running',
    action: 'job:delete',
    load: loadJob,
    answers: { 204: { description: 'Deleted' } },
    async handle({ drs, target, user }) {
      await drs.jobs.delete(target.id, { as: user });
      return noContent();
    },
  }),
];
