/** The routes that set a job going, and stop it. */

import { z } from 'zod';
import { submitBody } from '../../protocol/schemas/submit-schema.js';
import { json } from '../answer.js';
import { presentExplanation } from '../present.js';
import { defineRoute, type Route } from '../route.js';
import { explanationSchema, retrySchema, submissionSchema } from '../../protocol/schemas/attempt-schemas.js';
import { loadJob } from '../targets.js';

const accepted = { description: 'The attempt, and how it stands', schema: submissionSchema };

export const jobActionRoutes: Route[] = [
  defineRoute({
    method: 'post',
    path: '/jobs/:id/submit',
    summary: 'Run the job: a new attempt',
    action: 'job:submit',
    load: loadJob,
    body: submitBody,
    answers: { 202: accepted },
    async handle({ drs, target, body, user }) {
      const { jobId, attempt, status } = await drs.submitJob(target.id, { ...body, as: user });
      return json({ jobId, attempt, status }, { status: 202 });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/jobs/:id/copy',
    summary: 'Put the program on the server, and do not run it',
    action: 'job:copy',
    load: loadJob,
    body: submitBody,
    answers: { 202: accepted },
    async handle({ drs, target, body, user }) {
      const { jobId, attempt, status } = await drs.copyJob(target.id, { ...body, as: user });
      return json({ jobId, attempt, status }, { status: 202 });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/jobs/:id/cancel',
    summary: 'End the attempt under way, and every process it started',
    action: 'job:cancel',
    load: loadJob,
    body: z.strictObject({}),
    answers: { 202: accepted },
    async handle({ drs, target, user }) {
      const { jobId, attempt, status } = await drs.cancelJob(target.id, { as: user });
      return json({ jobId, attempt, status }, { status: 202 });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/jobs/:id/retry',
    summary: 'Run the job again as its newest attempt was run, but for what the body says',
    action: 'job:submit',
    load: loadJob,
    body: submitBody,
    answers: { 202: { description: 'The new attempt, and which one it repeats', schema: retrySchema } },
    async handle({ drs, target, body, user }) {
      const { jobId, attempt, status, retryOf } = await drs.retryJob(target.id, { ...body, as: user });
      return json({ jobId, attempt, status, retryOf }, { status: 202 });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/jobs/:id/requeue',
    summary: 'Administrators: hand the attempt under way to the workers again',
    action: 'job:requeue',
    load: loadJob,
    body: z.strictObject({}),
    answers: { 202: accepted },
    async handle({ drs, target, user }) {
      return json(await drs.requeueJob(target.id, { as: user }), { status: 202 });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/jobs/:id/explanation',
    summary: 'Where the newest attempt is, who holds it, and what it waits for',
    action: 'job:read',
    load: loadJob,
    answers: { 200: { description: 'The facts, and a sentence', schema: explanationSchema } },
    async handle({ drs, target, user }) {
      return json(presentExplanation(await drs.explainJob(target.id, { as: user })));
    },
  }),
];
