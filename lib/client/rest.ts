/** The REST interface as typed methods: one for each route. */

import type { Stream } from '../protocol/log-policy.js';
import type { RoutePath } from '../protocol/paths.js';
import { createJobCalls, type JobCalls } from './job-calls.js';
import { createRecordCalls, type RecordCalls } from './record-calls.js';
import type { Call, Requester } from './request.js';
import type {
  Interpreter,
  InterpreterFilter,
  ListedChunk,
  LogFilter,
  LogHits,
  LogPage,
  LogQuery,
  NewInterpreter,
  NewServer,
  Page,
  Result,
  ResultFilter,
  SearchQuery,
  Server,
  ServerFilter,
} from './types.js';

/** Ends a call early. */
interface Abort {
  signal?: AbortSignal;
}

interface WhichAttempt {
  /** The newest when left out. */
  attempt?: number;
}

/** Which bytes of a job. */
interface WhichBytes extends Abort, WhichAttempt {
  stream?: Stream;
}

/** The bytes of an answer, as they come. */
type Bytes = Promise<ReadableStream<Uint8Array>>;

/** The REST interface. Every method rejects with a DrsClientError when the server refuses. */
export interface RestCalls {
  readonly jobs: JobCalls;
  readonly servers: RecordCalls<Server, NewServer, ServerFilter>;
  readonly interpreters: RecordCalls<Interpreter, NewInterpreter, InterpreterFilter>;
  /** All files of an attempt (default: the newest), by name. */
  results(jobId: number, query?: WhichAttempt): Promise<Result[]>;
  /** The same files as one archive. */
  resultsZip(jobId: number, options?: Omit<WhichBytes, 'stream'>): Bytes;
  /** The bytes of a file. */
  resultStream(id: number, options?: Abort): Bytes;
  /** A page of the files of all jobs that the user may see, newest first. */
  listResults(query?: ResultFilter): Promise<Page<Result>>;
  /** A page of stored chunks. */
  logPage(jobId: number, query?: LogQuery): Promise<LogPage>;
  /** The bytes of a stream (default: `stdout`) that are stored now, as the program wrote them. */
  logStream(jobId: number, options?: WhichBytes): Bytes;
  /** A page of the chunks of all jobs that the user may see, newest first. */
  listLogs(query?: LogFilter): Promise<Page<ListedChunk>>;
  /** Lines of a log that hold a text, found on the server; an answer takes about a second at most. */
  searchLog(jobId: number, query: SearchQuery, options?: Abort): Promise<LogHits>;
}

/** Makes the typed methods over a requester. */
export function createRest(request: Requester): RestCalls {
  const { json } = request;
  const bytes = async (path: RoutePath, id: number, { signal, ...query }: WhichBytes = {}): Bytes => {
    const { body } = await request.raw(path, { id, query, signal });
    return body ?? new Blob().stream();
  };
  return {
    jobs: createJobCalls(request),
    servers: createRecordCalls(request, '/servers'),
    interpreters: createRecordCalls(request, '/interpreters'),
    results: (jobId, query) => allResults(request, jobId, query),
    resultsZip: (jobId, options) => bytes('/jobs/:id/results.zip', jobId, options),
    resultStream: (id, options) => bytes('/results/:id/file', id, options),
    listResults: (query) => json('/results', { query }),
    logPage: (id, query) => json('/jobs/:id/logs', { id, query }),
    logStream: (jobId, options) => bytes('/jobs/:id/log', jobId, options),
    listLogs: (query) => json('/logs', { query }),
    searchLog: (id, query, options) => json('/jobs/:id/search', { id, query, ...options }),
  };
}

/** Every page; the later ones of the attempt of the first, also when a newer one has begun. */
async function allResults({ json }: Requester, id: number, given: WhichAttempt = {}): Promise<Result[]> {
  const all: Result[] = [];
  for (let query: Call['query'] | null = { ...given, limit: 100 }; query;) {
    const { items, next }: Page<Result> = await json('/jobs/:id/results', { id, query });
    all.push(...items);
    query = next ? { ...query, attempt: all[0]?.attempt, cursor: next } : null;
  }
  return all.sort((a, b) => (a.remoteFilename < b.remoteFilename ? -1 : 1));
}
