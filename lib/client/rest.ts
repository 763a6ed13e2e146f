/** The REST interface as typed methods. */

import type {
  Accepted,
  Interpreter,
  Job,
  ListQuery,
  LogHits,
  LogPage,
  LogQuery,
  NewJob,
  Page,
  Result,
  SearchQuery,
  Server,
  SubmitBody,
} from './types.js';
import type { Requester } from './request.js';
import { createServerCalls, type ServerCalls } from './server-calls.js';

/** What can be done with jobs. Every method rejects with a DrsClientError when the server refuses. */
export interface JobCalls {
  /** A page of the jobs that the user may see, newest first. */
  list(query?: ListQuery): Promise<Page<Job>>;
  get(id: number): Promise<Job>;
  create(body: NewJob): Promise<Job>;
  /** Changes what is given; while it is submitted or running, only its title. */
  update(id: number, body: Partial<NewJob>): Promise<Job>;
  /** Hands the job to the workers. */
  submit(id: number, body?: SubmitBody): Promise<Accepted>;
  /** Puts the program on the server without running it. */
  copy(id: number, body?: SubmitBody): Promise<Accepted>;
  cancel(id: number): Promise<Accepted>;
}

/** The REST interface. */
export interface RestCalls {
  readonly jobs: JobCalls;
  readonly servers: { list(query?: ListQuery): Promise<Page<Server>> } & ServerCalls;
  readonly interpreters: { list(query?: ListQuery): Promise<Page<Interpreter>> };
  /** All files of an attempt (default: the newest), by name. */
  results(jobId: number, query?: { attempt?: number }): Promise<Result[]>;
  /** The bytes of a file. */
  resultStream(id: number, options?: { signal?: AbortSignal }): Promise<ReadableStream<Uint8Array>>;
  /** A page of stored chunks. */
  logPage(jobId: number, query?: LogQuery): Promise<LogPage>;
  /** Lines of a log that hold a text, found on the server; an answer takes about a second at most. */
  searchLog(jobId: number, query: SearchQuery, options?: { signal?: AbortSignal }): Promise<LogHits>;
}

/** Makes the typed methods over a requester. */
export function createRest(request: Requester): RestCalls {
  return {
    jobs: createJobCalls(request),
    servers: { list: (query = {}) => request.json('/servers', { query }), ...createServerCalls(request) },
    interpreters: { list: (query = {}) => request.json('/interpreters', { query }) },
    async results(jobId, query = {}) {
      const { items } = await request.json<{ items: Result[] }>(`/jobs/${jobId}/results`, { query });
      return items;
    },
    async resultStream(id, options = {}) {
      const response = await request.raw(`/results/${id}/file`, options);
      return response.body ?? new Response('').body ?? new ReadableStream();
    },
    logPage: (jobId, query = {}) => request.json(`/jobs/${jobId}/logs`, { query: { ...query } }),
    searchLog: (jobId, query, options = {}) =>
      request.json(`/jobs/${jobId}/search`, { query: { ...query }, ...options }),
  };
}

function createJobCalls(request: Requester): JobCalls {
  const post = (path: string, body: unknown = {}) => request.json<Accepted>(path, { method: 'POST', body });
  return {
    list: (query = {}) => request.json('/jobs', { query }),
    get: (id) => request.json(`/jobs/${id}`),
    create: (body) => request.json('/jobs', { method: 'POST', body }),
    update: (id, body) => request.json(`/jobs/${id}`, { method: 'PATCH', body }),
    submit: (id, body) => post(`/jobs/${id}/submit`, body),
    copy: (id, body) => post(`/jobs/${id}/copy`, body),
    cancel: (id) => post(`/jobs/${id}/cancel`),
  };
}
