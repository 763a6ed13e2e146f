/** The routes that set a job going, and stop it. */

import { z } from 'zod';
import type { User } from '../../core/records.js';
import { ForbiddenError } from '../../errors.js';
import type { Internals } from '../../internals.js';
import type { SubmitOptions } from '../../remote-submission.js';
import { json } from '../answer.js';
import { defineRoute, type Route } from '../route.js';
import { submissionSchema, submitBody } from '../schemas.js';
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
    async handle({ drs, internals, target, body, user }) {
      const { jobId, attempt, status } = await drs.submitJob(target.id, submitOptions(internals, body, user));
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
    async handle({ drs, internals, target, body, user }) {
      const { jobId, attempt, status } = await drs.copyJob(target.id, submitOptions(internals, body, user));
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
];

/** An agent's socket and a run on this machine are powers over the machine of the worker. */
function submitOptions(internals: Internals, body: z.infer<typeof submitBody>, user: User): SubmitOptions {
  const isLocal = body.agent !== undefined || body.remote === false;
  if (isLocal && !(internals.options.allowLocal && user.isAdmin === true)) {
    const message = '`agent` and `remote: false` are for administrators, where the option allowLocal is on.';
    throw new ForbiddenError(message, 'local_not_allowed');
  }
  return { ...body, as: user };
}
