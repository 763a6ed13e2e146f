/** The routes of result files. */

import contentDisposition from 'content-disposition';
import { listQuery, pageSchema, type ListAnswer } from '../../protocol/schemas/list-schemas.js';
import type { BytesAnswer, StreamAnswer } from '../answer.js';
import { listAnswer } from '../list-answer.js';
import { presentResult } from '../present.js';
import { zipResults } from '../zip-results.js';
import { defineRoute, type Route } from '../route.js';
import {
  attemptQuery,
  jobResultFilters,
  resultsQuery,
  resultSchema,
} from '../../protocol/schemas/result-schemas.js';
import { loadJob, loadResult } from '../targets.js';
import { attemptOf } from '../../domain/attempt-of.js';
import type { Page } from '../../domain/pages.js';
import type { ResultModel } from '../../models/model-types.js';

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
      const { output, target, user: as } = context;
      const page = await output.listResults({ ...query, jobId: target.id }, { as });
      return listAnswer({ ...context, query }, presentPage(page));
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
    async handle({ drs, target, query }): Promise<StreamAnswer> {
      const attempt = attemptOf(target, query.attempt);
      const results = await drs.models.Result.findAll({
        where: { jobId: target.id, attempt },
        order: [['remoteFilename', 'ASC']],
      });
      return {
        kind: 'stream',
        headers: {
          'Content-Type': 'application/zip',
          'Content-Disposition': contentDisposition(`job-${target.id}-${attempt}-results.zip`),
        },
        open: () => zipResults(results, ({ id }) => drs.results.open(id)),
      };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/results',
    summary: 'Result files of the jobs that you may see, newest first',
    query: resultsQuery,
    answers: { 200: { description: 'A page of results', schema: pageSchema(resultSchema) } },
    async handle(context) {
      const { output, query, user: as } = context;
      return listAnswer(context, presentPage(await output.listResults(query, { as })));
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
    handle({ drs, target }): BytesAnswer {
      const { id, remoteFilename, size } = target;
      return {
        kind: 'bytes',
        headers: {
          // Never what the name suggests: a page that a program wrote must not run in the site of the host.
          'Content-Type': 'application/octet-stream',
          'Content-Disposition': contentDisposition(remoteFilename),
          'Content-Security-Policy': "sandbox; default-src 'none'",
          ETag: `"result-${id}"`,
        },
        size,
        open: ({ start, end }) => drs.results.open(id, end - start + 1 === size ? undefined : { start, end }),
      };
    },
  }),
];

function presentPage({ rows, next }: Page<ResultModel>): ListAnswer<ReturnType<typeof presentResult>> {
  return { items: rows.map(presentResult), next };
}
