/** One REST call: address, body, and refusals as errors. */

import type { RoutePath, ServedPath } from '../protocol/paths.js';
import { DrsClientError, type ClientProblem } from './client-error.js';

/** How to reach an instance. */
export interface ConnectOptions {
  /** Sent with each request, and with the socket's handshake where the platform allows it. */
  headers?: Record<string, string>;
  /** The value of a `Cookie` header. For Node; a browser sends its own. */
  cookie?: string;
  /** Another `fetch` than the platform's. */
  fetch?: typeof fetch;
  /** The path of the host's Socket.IO engine. Default `/socket.io`. */
  socketPath?: string;
  /** Sends the browser's cookies to another origin too. Default false. */
  withCredentials?: boolean;
}

/** The parts of a call. */
export interface Call {
  /** What `:id` in the path stands for. */
  id?: number;
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  body?: unknown;
  /** A status that brings an answer and no refusal, beside those below 300. */
  alsoGood?: number;
  signal?: AbortSignal;
}

/** Calls below one mount. */
export interface Requester {
  /** The mount, without a slash at the end. */
  readonly base: string;
  /** The address of a path, as in `url('/results/7/file')`. */
  url(path: ServedPath, query?: Call['query']): string;
  /** The answer as JSON. @throws DrsClientError */
  json<T>(path: RoutePath, call?: Call): Promise<T>;
  /** The answer as it is, when it is a good one. @throws DrsClientError */
  raw(path: RoutePath, call?: Call): Promise<Response>;
}

/** Makes a requester for a mount. */
export function createRequester(mount: URL, options: ConnectOptions): Requester {
  const base = mount.href.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const url: Requester['url'] = (path, query = {}) => withQuery(`${base}${path}`, query);
  const raw: Requester['raw'] = async (path, call = {}) => {
    const response = await send(url(filled(path, call.id), call.query), call, options);
    if (!response.ok && response.status !== call.alsoGood) throw await errorOf(response);
    return response;
  };
  return {
    base,
    url,
    raw,
    async json<T>(path: RoutePath, call?: Call): Promise<T> {
      const response = await raw(path, call);
      if (response.status === 204) return undefined as T;
      return readJson<T>(response);
    },
  };
}

/** An id is a number, whatever code without types gives: `1/../2` is none. */
function filled(path: RoutePath, id?: number): ServedPath {
  return path.replace(':id', String(Number(id))) as ServedPath;
}

function withQuery(address: string, query: NonNullable<Call['query']>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return address;
  return `${address}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

async function send(url: string, call: Call, options: ConnectOptions): Promise<Response> {
  const { fetch: fetchWith = fetch, headers, cookie, withCredentials } = options;
  try {
    return await fetchWith(url, {
      method: call.method ?? 'GET',
      headers: {
        accept: 'application/json, application/problem+json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === undefined ? {} : { cookie }),
        ...headers,
      },
      credentials: withCredentials ? 'include' : 'same-origin',
      body: JSON.stringify(call.body),
      signal: call.signal,
    });
  } catch (cause) {
    if (call.signal?.aborted) throw cause;
    throw new DrsClientError('connection_failed', `No answer from ${new URL(url).origin}.`, { cause });
  }
}

async function readJson<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (cause) {
    const message = `${response.url} did not answer with JSON. Is the mount right?`;
    throw new DrsClientError('bad_answer', message, { status: response.status, cause });
  }
}

/** A problem body (RFC 9457) as an error. */
async function errorOf(response: Response): Promise<DrsClientError> {
  const body = await problemOf(response);
  const code = typeof body.code === 'string' ? body.code : `http_${response.status}`;
  const said = [body.detail, body.title].find((text) => typeof text === 'string');
  const message = typeof said === 'string' ? said : `${response.url} answered ${response.status}.`;
  const problems = (Array.isArray(body.problems) ? body.problems : []) as ClientProblem[];
  return new DrsClientError(code, message, { status: response.status, problems });
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  if (!/json/.test(response.headers.get('content-type') ?? '')) return {};
  const body: unknown = await response.json().catch(() => null);
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}
