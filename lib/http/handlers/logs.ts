/** The routes of output. */

import { col, fn } from 'sequelize';
import type { z } from 'zod';
import contentDisposition from 'content-disposition';
import { ValidationError } from '../../errors.js';
import { json, type BytesAnswer } from '../answer.js';
import { storedLog } from '../../domain/open-bytes.js';
import { encodeCursor } from '../../domain/pages.js';
import { listQuery, pageSchema } from '../../protocol/schemas/list-schemas.js';
import { pageOfJobParts } from '../../domain/visible-pages.js';
import { listAnswer } from '../list-answer.js';
import { presentChunk, presentContent } from '../../domain/present-chunk.js';
import { defineRoute, type Route } from '../route.js';
import {
  jobLogQuery,
  jobLogsQuery,
  jobLogsSchema,
  logHitsSchema,
  logSchema,
  logSearchQuery,
  maxPageBytes,
} from '../../protocol/schemas/log-schemas.js';
import { logFilters } from '../../protocol/schemas/result-schemas.js';
import { searchLog } from '../../domain/search-log.js';
import { loadJob, type Log } from '../targets.js';
import { attemptOf } from '../../domain/attempt-of.js';
import type { Internals } from '../../internals.js';

export const logRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/jobs/:id/logs',
    summary: 'Output of an attempt as chunks, in order',
    action: 'log:read',
    load: loadJob,
    query: jobLogsQuery,
    answers: { 200: { description: 'Chunks', schema: jobLogsSchema } },
    async handle({ internals, target, query }) {
      const attempt = attemptOf(target, query.attempt);
      const last = await internals.store.lastSeqOf(target.id, attempt);
      const chunks = await internals.store.readLog({
        ...(await positionOf(internals, { jobId: target.id, attempt, query })),
        limit: query.limit,
        maxBytes: query.maxBytes,
      });
      const seq = chunks.at(-1)?.seq ?? last;
      return json({ items: chunks.map(presentChunk), next: seq < last ? seq : null });
    },
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
    async handle({ internals, target, query }): Promise<BytesAnswer> {
      const attempt = attemptOf(target, query.attempt);
      const stream = { jobId: target.id, attempt, stream: query.stream };
      const filename = `job-${target.id}-${attempt}-${query.stream}.txt`;
      return {
        kind: 'bytes',
        headers: {
          'Content-Type': 'text/plain; charset=utf-8',
          'Content-Disposition': contentDisposition(filename, { type: 'inline' }),
        },
        ...(await storedLog(internals.models, stream)),
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
    async handle({ internals, target, query }) {
      const attempt = attemptOf(target, query.attempt);
      const { q: text, stream, after, limit } = query;
      const found = await searchLog(internals, { jobId: target.id, attempt, stream, text, after, limit });
      return json({ ...found, hits: found.items.reduce((sum, { hits }) => sum + hits, 0) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/logs',
    summary: 'Chunks of output of the jobs that you may see, newest first',
    query: listQuery(logFilters),
    answers: { 200: { description: 'A page of chunks', schema: pageSchema(logSchema) } },
    async handle(context) {
      const { internals, query, user } = context;
      const page = await pageOfJobParts(internals, {
        query,
        call: { as: user, transaction: undefined },
        readAction: 'log:read',
        find: (options) =>
          internals.models.Log.findAll({
            ...options,
            attributes: { exclude: ['content'], include: [[fn('octet_length', col('content')), 'size']] },
          }),
      });
      const rows = fitting(page.rows);
      const next = rows.length < page.rows.length ? encodeCursor(rows.at(-1)?.id ?? 0) : page.next;
      return listAnswer(context, { items: await withContent(internals, rows), next });
    },
  }),
];

/** Where a page begins or ends. @throws ValidationError when it is said twice */
async function positionOf(
  { store }: Internals,
  { jobId, attempt, query }: { jobId: number; attempt: number; query: z.output<typeof jobLogsQuery> },
): Promise<{ jobId: number; attempt: number; after: number; before?: number }> {
  const { after = 0, before, line } = query;
  const given = (['after', 'before', 'line'] as const).filter((name) => query[name] !== undefined);
  if (given.length > 1) {
    throw new ValidationError(given.map((path) => ({ path, message: `give one of ${given.join(', ')}` })));
  }
  if (line === undefined) return { jobId, attempt, after, before };
  return { jobId, attempt, after: (await store.seqOfLine({ jobId, attempt, line })) - 1 };
}

/** The first chunks, up to the bytes of a page; the others are on the next one. */
function fitting(rows: readonly Log[]): Log[] {
  let bytes = 0;
  return rows.filter((row, index) => {
    bytes += Number(row.get('size' as keyof Log['_attributes']));
    return index === 0 || bytes <= maxPageBytes;
  });
}

async function withContent({ models }: Internals, rows: readonly Log[]): Promise<object[]> {
  const found = await models.Log.findAll({
    where: { id: rows.map(({ id }) => id) },
    order: [['id', 'DESC']],
  });
  return found.map((row) => ({ id: row.id, jobId: row.jobId, attempt: row.attempt, ...presentContent(row) }));
}
