/** The REST interface as typed methods: one for each route. */

import type { Stream } from '../protocol/log-policy.js';
import type { ServedPath } from '../protocol/paths.js';
import { createJobCalls, type JobCalls } from './job-calls.js';
import { createRecordCalls, type RecordCalls } from './record-calls.js';
import type { Requester } from './request.js';
import type {
  Interpreter,
  ListedChunk,
  ListQuery,
  LogHits,
  LogPage,
  LogQuery,
  NewInterpreter,
  NewServer,
  Page,
  Result,
  SearchQuery,
  Server,
} from './types.js';
import { createServerCalls, type ServerCalls } from './server-calls.js';

/** Ends a call early. */
interface Abort {
  signal?: AbortSignal;
}

/** Which bytes of a job. */
interface WhichBytes extends Abort {
  /** The newest attempt when left out. */
  attempt?: number;
  stream?: Stream;
}

/** The bytes of an answer, as they come. */
type Bytes = Promise<ReadableStream<Uint8Array>>;

/** The REST interface. Every method rejects with a DrsClientError when the server refuses. */
export interface RestCalls {
  readonly jobs: JobCalls;
  readonly servers: RecordCalls<Server, NewServer> & ServerCalls;
  readonly interpreters: RecordCalls<Interpreter, NewInterpreter>;
  /** All files of an attempt (default: the newest), by name. */
  results(jobId: number, query?: { attempt?: number }): Promise<Result[]>;
  /** The same files as one archive. */
  resultsZip(jobId: number, options?: Omit<WhichBytes, 'stream'>): Bytes;
  /** The bytes of a file. */
  resultStream(id: number, options?: Abort): Bytes;
  /** A page of the files of all jobs that the user may see, newest first. */
  listResults(query?: ListQuery): Promise<Page<Result>>;
  /** A page of stored chunks. */
  logPage(jobId: number, query?: LogQuery): Promise<LogPage>;
  /** The bytes of a stream (default: `stdout`) that are stored now, as the program wrote them. */
  logStream(jobId: number, options?: WhichBytes): Bytes;
  /** A page of the chunks of all jobs that the user may see, newest first. */
  listLogs(query?: ListQuery): Promise<Page<ListedChunk>>;
  /** Lines of a log that hold a text, found on the server; an answer takes about a second at most. */
  searchLog(jobId: number, query: SearchQuery, options?: Abort): Promise<LogHits>;
}

/** Makes the typed methods over a requester. */
export function createRest(request: Requester): RestCalls {
  const { json } = request;
  const bytes = async (path: ServedPath, { signal, ...query }: WhichBytes = {}): Bytes => {
    const { body } = await request.raw(path, { query, ...(signal ? { signal } : {}) });
    return body ?? new Blob().stream();
  };
  return {
    jobs: createJobCalls(request),
    servers: { ...createRecordCalls(request, '/servers'), ...createServerCalls(request) },
    interpreters: createRecordCalls(request, '/interpreters'),
    results: (jobId, query) => allResults(request, jobId, query),
    resultsZip: (jobId, options) => bytes(`/jobs/${jobId}/results.zip`, options),
    resultStream: (id, options) => bytes(`/results/${id}/file`, options),
    listResults: (query = {}) => json('/results', { query }),
    logPage: (jobId, query = {}) => json(`/jobs/${jobId}/logs`, { query: { ...query } }),
    logStream: (jobId, options) => bytes(`/jobs/${jobId}/log`, options),
    listLogs: (query = {}) => json('/logs', { query }),
    searchLog: (jobId, query, options = {}) =>
      json(`/jobs/${jobId}/search`, { query: { ...query }, ...options }),
  };
}

/** Every page; the later ones of the attempt of the first, also when a newer one has begun. */
async function allResults({ json }: Requester, jobId: number, given: ListQuery = {}): Promise<Result[]> {
  const all: Result[] = [];
  for (let query: ListQuery | null = { ...given, limit: 100 }; query;) {
    const { items, next }: Page<Result> = await json(`/jobs/${jobId}/results`, { query });
    all.push(...items);
    query = next ? { ...query, attempt: all[0]?.attempt, cursor: next } : null;
  }
  return all.sort((a, b) => (a.remoteFilename < b.remoteFilename ? -1 : 1));
}
