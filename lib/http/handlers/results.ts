/** The routes of result files. */

import contentDisposition from 'content-disposition';
import {
  listQuery,
  pageSchema,
  type ListAnswer,
  type ListQuery,
} from '../../protocol/schemas/list-schemas.js';
import { pageOfJobParts } from '../../domain/visible-pages.js';
import type { BytesAnswer, StreamAnswer } from '../answer.js';
import { listAnswer } from '../list-answer.js';
import { presentResult } from '../present.js';
import { zipResults } from '../zip-results.js';
import { defineRoute, type Route } from '../route.js';
import {
  attemptQuery,
  jobResultFilters,
  resultFilters,
  resultSchema,
} from '../../protocol/schemas/result-schemas.js';
import { loadJob, loadResult, type Job, type Result } from '../targets.js';
import { attemptOf } from '../../domain/attempt-of.js';
import type { User } from '../../protocol/records.js';
import type { Internals } from '../../internals.js';

export const resultRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/jobs/:id/results',
    summary: 'The files that an attempt made or changed, newest first',
    action: 'result:read',
    load: loadJob,
    query: listQuery(jobResultFilters),
    answers: { 200: { description: 'A page of results', schema: pageSchema(resultSchema) } },
    async handle(context) {
      // The next page stays with this attempt, also when a newer one has begun.
      const query = { ...context.query, attempt: attemptOf(context.target, context.query.attempt) };
      const page = await pageOfResults(context, { ...query, jobId: context.target.id });
      return listAnswer({ ...context, query }, page);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/jobs/:id/results.zip',
    summary: 'The files that an attempt made or changed, as one archive',
    action: 'result:read',
    load: loadJob,
    query: attemptQuery,
    answers: { 200: { description: 'The archive', contentType: 'application/zip' } },
    async handle({ internals, target, query }): Promise<StreamAnswer> {
      const attempt = attemptOf(target, query.attempt);
      const results = await resultsOf(internals, target, attempt);
      return {
        kind: 'stream',
        headers: {
          'Content-Type': 'application/zip',
          'Content-Disposition': contentDisposition(`job-${target.id}-${attempt}-results.zip`),
        },
        open: () => zipResults(results, internals.storage),
      };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/results',
    summary: 'Result files of the jobs that you may see, newest first',
    query: listQuery(resultFilters),
    answers: { 200: { description: 'A page of results', schema: pageSchema(resultSchema) } },
    async handle(context) {
      return listAnswer(context, await pageOfResults(context, context.query));
    },
  }),
  defineRoute({
    method: 'get',
    path: '/results/:id/file',
    summary: 'The bytes of a result; Range works',
    action: 'result:read',
    load: loadResult,
    answers: {
      200: { description: 'The file', contentType: 'application/octet-stream' },
      206: { description: 'The range asked for', contentType: 'application/octet-stream' },
    },
    handle({ internals, target }): BytesAnswer {
      const { storageKey, remoteFilename, size } = target;
      return {
        kind: 'bytes',
        headers: {
          // Never what the name suggests: a page that a program wrote must not run in the site of the host.
          'Content-Type': 'application/octet-stream',
          'Content-Disposition': contentDisposition(remoteFilename),
          'Content-Security-Policy': "sandbox; default-src 'none'",
          ETag: `"result-${target.id}"`,
        },
        size,
        open: ({ start, end }) =>
          internals.storage.open(storageKey, end - start + 1 === size ? undefined : { start, end }),
      };
    },
  }),
];

async function resultsOf(internals: Internals, job: Job, asked: number | undefined): Promise<Result[]> {
  return internals.models.Result.findAll({
    where: { jobId: job.id, attempt: attemptOf(job, asked) },
    order: [['remoteFilename', 'ASC']],
  });
}

async function pageOfResults(
  { internals, user }: { internals: Internals; user: User },
  query: ListQuery,
): Promise<ListAnswer<ReturnType<typeof presentResult>>> {
  const { rows, next } = await pageOfJobParts(internals, {
    query,
    call: { as: user, transaction: undefined },
    readAction: 'result:read',
    find: (options) => internals.models.Result.findAll(options),
    aliases: { name: 'remoteFilename' },
  });
  return { items: rows.map(presentResult), next };
}
