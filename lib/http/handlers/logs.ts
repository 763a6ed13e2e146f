/** The routes of output. */

import contentDisposition from 'content-disposition';
import { json, type BytesAnswer } from '../answer.js';
import { storedLog } from '../../domain/open-bytes.js';
import { pageSchema } from '../../protocol/schemas/list-schemas.js';
import { listAnswer } from '../list-answer.js';
import { defineRoute, type Route } from '../route.js';
import {
  jobLogQuery,
  jobLogsQuery,
  jobLogsSchema,
  logHitsSchema,
  logSchema,
  logSearchQuery,
} from '../../protocol/schemas/log-schemas.js';
import { logsQuery } from '../../protocol/schemas/result-schemas.js';
import { loadJob } from '../targets.js';
import { attemptOf } from '../../domain/attempt-of.js';

export const logRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/jobs/:id/logs',
    summary: 'Output of an attempt as chunks, in order',
    action: 'log:read',
    load: loadJob,
    query: jobLogsQuery,
    answers: { 200: { description: 'Chunks', schema: jobLogsSchema } },
    handle: async ({ output, target, query }) => json(await output.chunks(target, query)),
  }),
  defineRoute({
    method: 'get',
    path: '/jobs/:id/log',
    summary: 'A stream of an attempt, byte for byte as the program wrote it; Range works',
    action: 'log:read',
    load: loadJob,
    query: jobLogQuery,
    answers: {
      200: { description: 'The bytes that are stored now', contentType: 'text/plain; charset=utf-8' },
      206: { description: 'The range asked for', contentType: 'text/plain; charset=utf-8' },
    },
    async handle({ drs, target, query }): Promise<BytesAnswer> {
      const attempt = attemptOf(target, query.attempt);
      const stream = { jobId: target.id, attempt, stream: query.stream };
      const filename = `job-${target.id}-${attempt}-${query.stream}.txt`;
      return {
        kind: 'bytes',
        headers: {
          'Content-Type': 'text/plain; charset=utf-8',
          'Content-Disposition': contentDisposition(filename, { type: 'inline' }),
        },
        ...(await storedLog(drs.models, stream)),
      };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/jobs/:id/search',
    summary: 'Lines of an attempt that hold a text, found here; an answer takes about a second at most',
    action: 'log:read',
    load: loadJob,
    query: logSearchQuery,
    answers: { 200: { description: 'Lines with hits', schema: logHitsSchema } },
    handle: async ({ output, target, query }) => json(await output.search(target, query)),
  }),
  defineRoute({
    method: 'get',
    path: '/logs',
    summary: 'Chunks of output of the jobs that you may see, newest first',
    query: logsQuery,
    answers: { 200: { description: 'A page of chunks', schema: pageSchema(logSchema) } },
    async handle(context) {
      const { output, query, user: as } = context;
      return listAnswer(context, await output.listLogs(query, { as }));
    },
  }),
];
