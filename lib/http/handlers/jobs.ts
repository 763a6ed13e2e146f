/** The routes of jobs themselves. */

import { created, json, noContent } from '../answer.js';
import { createJob, deleteJob, updateJob } from '../change-jobs.js';
import { listAnswer, listQuery, pageSchema } from '../pages-of-records.js';
import { presentJob, presentJobs } from '../present.js';
import { defineRoute, type Route } from '../route.js';
import { jobBody, jobFilters, jobPatch, jobSchema, listedJobSchema } from '../schemas.js';
import { loadJob, loadJobWithProgram } from '../targets.js';
import { pageOfJobs } from '../visible-pages.js';

const one = { description: 'The job', schema: jobSchema };

export const jobRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/jobs',
    summary: 'Jobs that you may see, newest first, without their programs',
    query: listQuery(jobFilters),
    answers: { 200: { description: 'A page of jobs', schema: pageSchema(listedJobSchema) } },
    async handle(context) {
      const page = await pageOfJobs(context);
      return listAnswer(context, await presentJobs(context.internals, page.rows), page.next);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/jobs',
    summary: 'Add a job; it does not run before it is submitted',
    action: 'job:create',
    body: jobBody,
    answers: { 201: one },
    async handle({ internals, body, user, baseUrl }) {
      const job = await createJob(internals, body, user);
      return created(await presentJob(internals, job, user), `${baseUrl}/jobs/${job.id}`);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/jobs/:id',
    summary: 'One job',
    action: 'job:read',
    load: loadJobWithProgram,
    answers: { 200: one },
    handle: async ({ internals, target, user }) => json(await presentJob(internals, target, user)),
  }),
  defineRoute({
    method: 'patch',
    path: '/jobs/:id',
    summary: 'Change a job; while it is submitted or running only its title',
    action: 'job:update',
    load: loadJob,
    body: jobPatch,
    answers: { 200: one },
    async handle({ internals, target, body, user }) {
      const job = await updateJob(internals, { id: target.id, changes: body, user });
      return json(await presentJob(internals, job, user));
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/jobs/:id',
    summary: 'Delete a job with its logs and results, unless it is submitted or running',
    action: 'job:delete',
    load: loadJob,
    answers: { 204: { description: 'Deleted' } },
    async handle({ internals, target, user }) {
      await deleteJob(internals, { id: target.id, user });
      return noContent();
    },
  }),
];
