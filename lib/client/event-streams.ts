/** Events over HTTP, where sockets are blocked: Server-Sent Events, read with `fetch` for the sake of its headers. */

import type { RoutePath } from '../protocol/paths.js';
import type { LogEvent, StatusEvent } from '../protocol/events.js';
import { DrsClientError } from './client-error.js';
import type { Call, Requester } from './request.js';

/** Who is told. `jobId` is undefined for the stream of all jobs. */
export interface StreamHandlers {
  onStatus(event: StatusEvent, jobId: number | undefined): void;
  /** The next event is read when the promise resolves. */
  onLog(event: LogEvent): Promise<void>;
  /** The stream is over; `isCut`: not because the server ended it. */
  onEnd(jobId: number | undefined, isCut: boolean): void;
}

/** The server says something each 15 s. */
const silenceMs = 45_000;

/** The open streams of a client: one for each job that is watched, and one for all jobs. */
export class EventStreams {
  readonly #request: Requester;
  readonly #handlers: StreamHandlers;
  readonly #open = new Map<number | undefined, AbortController>();

  constructor(request: Requester, handlers: StreamHandlers) {
    this.#request = request;
    this.#handlers = handlers;
  }

  /** Opens a stream in the place of an earlier one. `onAnswer` hears its first event. @throws DrsClientError */
  async ask<T>(body: { jobId?: number } & Call['query'], onAnswer: (answer: T) => void): Promise<void> {
    const { jobId, ...query } = body;
    this.stop(jobId);
    const stop = new AbortController();
    this.#open.set(jobId, stop);
    const path: RoutePath = jobId === undefined ? '/events' : '/jobs/:id/events';
    const events = readEvents((signal) => this.#request.raw(path, { id: jobId, query, signal }), stop);
    const first = await events.next();
    if (first.done) throw new DrsClientError('connection_failed', `No answer from ${path}.`);
    onAnswer(first.value.data as T);
    void this.#follow(events, jobId, stop);
  }

  stop(jobId: number | undefined): void {
    this.#open.get(jobId)?.abort();
    this.#open.delete(jobId);
  }

  close(): void {
    for (const jobId of [...this.#open.keys()]) this.stop(jobId);
  }

  async #follow(
    events: AsyncGenerator<ServerEvent, undefined>,
    jobId: number | undefined,
    own: AbortController,
  ): Promise<void> {
    let isCut = false;
    try {
      for await (const { name, data } of events) {
        if (this.#open.get(jobId) !== own) return;
        if (name === 'status') this.#handlers.onStatus(data as StatusEvent, jobId);
        if (name === 'log') await this.#handlers.onLog(data as LogEvent);
      }
    } catch {
      isCut = true;
    }
    if (this.#open.get(jobId) !== own) return;
    this.#open.delete(jobId);
    this.#handlers.onEnd(jobId, isCut);
  }
}

interface ServerEvent {
  name: string;
  data: unknown;
}

async function* readEvents(
  open: (signal: AbortSignal) => Promise<Response>,
  stop: AbortController,
): AsyncGenerator<ServerEvent, undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), silenceMs);
  };
  try {
    listen();
    const { body } = await open(stop.signal);
    const reader = body?.getReader();
    const decoder = new TextDecoder();
    for (let rest = ''; ;) {
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done) return;
      listen();
      const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const [, name = '', data] = /^event: (.*)\ndata: (.*)$/m.exec(part) ?? [];
        // What is being dealt with is no silence.
        clearTimeout(timer);
        if (data !== undefined) yield { name, data: JSON.parse(data) };
        listen();
      }
    }
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
