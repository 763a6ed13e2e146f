/** What attempts printed and brought back, as people page through it. */

import { col, fn, type Sequelize } from 'sequelize';
import type { z } from 'zod';
import type { Access } from '../access.js';
import { ValidationError } from '../errors.js';
import type { LogModel, Models, ResultModel } from '../models/model-types.js';
import type { ListAnswer, ListQuery } from '../protocol/schemas/list-schemas.js';
import {
  maxPageBytes,
  type jobLogsQuery,
  type jobLogsSchema,
  type logHitsSchema,
  type logSchema,
  type logSearchQuery,
} from '../protocol/schemas/log-schemas.js';
import type { JobStore } from '../store/job-store.js';
import { attemptOf } from './attempt-of.js';
import type { Call } from './call.js';
import { encodeCursor, type Page } from './pages.js';
import { presentChunk, presentContent } from './present-chunk.js';
import { searchLog } from './search-log.js';
import { pageOfJobParts } from './visible-pages.js';

/** A job whose output the caller may read: rights were asked. */
interface ReadableJob {
  id: number;
  attempt: number;
}

/** For whom a list is read. */
type ReadFor = Pick<Call, 'as'>;

export interface StoredOutput {
  /**
   * Output of an attempt as chunks, in order.
   * @throws NotFoundError for an attempt that was not; ValidationError where the page is said twice
   */
  chunks(job: ReadableJob, query: z.output<typeof jobLogsQuery>): Promise<z.infer<typeof jobLogsSchema>>;
  /** Lines of an attempt that hold a text. @throws NotFoundError for an attempt that was not */
  search(job: ReadableJob, query: z.output<typeof logSearchQuery>): Promise<z.infer<typeof logHitsSchema>>;
  /** Chunks of output of the jobs that the caller may see, newest first, up to the bytes of a page. */
  listLogs(query: ListQuery, readFor: ReadFor): Promise<ListAnswer<z.infer<typeof logSchema>>>;
  /** Results of the jobs that the caller may see, newest first. */
  listResults(query: ListQuery, readFor: ReadFor): Promise<Page<ResultModel>>;
}

interface Dependencies {
  sequelize: Sequelize;
  models: Pick<Models, 'Job' | 'Log' | 'Result'>;
  access: Access;
  store: Pick<JobStore, 'logs'>;
}

export function createStoredOutput(dependencies: Dependencies): StoredOutput {
  const { models, store } = dependencies;
  return {
    async chunks(job, query) {
      const of = { jobId: job.id, attempt: attemptOf(job, query.attempt) };
      const last = await store.logs.lastSeqOf(of.jobId, of.attempt);
      const position = await positionOf(store, of, query);
      const { limit, maxBytes } = query;
      const chunks = await store.logs.read({ ...of, ...position, limit, maxBytes });
      const seq = chunks.at(-1)?.seq ?? last;
      return { items: chunks.map(presentChunk), next: seq < last ? seq : null };
    },
    async search(job, { attempt, q: text, stream, after, limit }) {
      const of = { jobId: job.id, attempt: attemptOf(job, attempt) };
      const found = await searchLog({ store }, { ...of, stream, text, after, limit });
      return { ...found, hits: found.items.reduce((sum, { hits }) => sum + hits, 0) };
    },
    async listLogs(query, { as }) {
      const page = await pageOfJobParts(dependencies, {
        ...{ query, call: { as, transaction: undefined }, readAction: 'log:read' },
        find: (options) =>
          models.Log.findAll({
            ...options,
            attributes: { exclude: ['content'], include: [[fn('octet_length', col('content')), 'size']] },
          }),
      });
      const rows = fitting(page.rows);
      const next = rows.length < page.rows.length ? encodeCursor(rows.at(-1)?.id ?? 0) : page.next;
      return { items: await withContent(models, rows), next };
    },
    listResults: (query, { as }) =>
      pageOfJobParts(dependencies, {
        ...{ query, call: { as, transaction: undefined }, readAction: 'result:read' },
        aliases: { name: 'remoteFilename' },
        find: (options) => models.Result.findAll(options),
      }),
  };
}

/** Where a page begins or ends. @throws ValidationError when it is said twice */
async function positionOf(
  { logs }: Pick<JobStore, 'logs'>,
  of: { jobId: number; attempt: number },
  query: z.output<typeof jobLogsQuery>,
): Promise<{ after: number; before?: number }> {
  const { after = 0, before, line } = query;
  const given = (['after', 'before', 'line'] as const).filter((name) => query[name] !== undefined);
  if (given.length > 1) {
    throw new ValidationError(given.map((path) => ({ path, message: `give one of ${given.join(', ')}` })));
  }
  if (line === undefined) return { after, before };
  return { after: (await logs.seqOfLine({ ...of, line })) - 1 };
}

/** The first chunks, up to the bytes of a page; the others are on the next one. */
function fitting(rows: readonly LogModel[]): LogModel[] {
  let bytes = 0;
  return rows.filter((row, index) => {
    bytes += Number(row.get('size' as keyof LogModel['_attributes']));
    return index === 0 || bytes <= maxPageBytes;
  });
}

async function withContent(
  { Log }: Pick<Models, 'Log'>,
  rows: readonly LogModel[],
): Promise<z.infer<typeof logSchema>[]> {
  const found = await Log.findAll({ where: { id: rows.map(({ id }) => id) }, order: [['id', 'DESC']] });
  return found.map((row) => ({ id: row.id, jobId: row.jobId, attempt: row.attempt, ...presentContent(row) }));
}
