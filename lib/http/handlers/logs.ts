/** The routes of output. */

import { col, fn } from 'sequelize';
import contentDisposition from 'content-disposition';
import { json, type BytesAnswer } from '../answer.js';
import { logSize, openLog } from '../log-bytes.js';
import { encodeCursor, listAnswer, listQuery, pageSchema } from '../pages-of-records.js';
import { presentChunk } from '../present.js';
import { defineRoute, type Route } from '../route.js';
import { jobLogQuery, jobLogsQuery, jobLogsSchema, logFilters, logSchema } from '../schemas.js';
import { attemptOf, loadJob, type Log } from '../targets.js';
import { pageOfJobParts } from '../visible-pages.js';
import type { Internals } from '../../internals.js';

/** Bytes of output in one answer; one chunk may be larger alone. */
const maxPageBytes = 4 * 1024 * 1024;

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
      const head = await internals.store.logHeadOf(target.id, attempt);
      const { after, limit } = query;
      const chunks = await internals.store.readLog({
        jobId: target.id,
        attempt,
        after,
        limit,
        maxBytes: maxPageBytes,
      });
      const last = chunks.at(-1)?.seq ?? head.seq;
      return json({ items: chunks.map(presentChunk), next: last < head.seq ? last : null });
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
        size: await logSize(internals, stream),
        open: (range) => openLog(internals, stream, range),
      };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/logs',
    summary: 'Chunks of output of the jobs that you may see, newest first',
    query: listQuery(logFilters),
    answers: { 200: { description: 'A page of chunks', schema: pageSchema(logSchema) } },
    async handle(context) {
      const { internals } = context;
      const page = await pageOfJobParts(context, {
        action: 'log:read',
        find: (options) =>
          internals.models.Log.findAll({
            ...options,
            attributes: { exclude: ['content'], include: [[fn('octet_length', col('content')), 'size']] },
          }),
      });
      const rows = fitting(page.rows);
      const next = rows.length < page.rows.length ? encodeCursor(rows.at(-1)?.id ?? 0) : page.next;
      return listAnswer(context, await withContent(internals, rows), next);
    },
  }),
];

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
  return found.map((row) => ({ id: row.id, jobId: row.jobId, attempt: row.attempt, ...presentChunk(row) }));
}
