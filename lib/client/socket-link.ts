/** One Socket.IO connection, or streams where sockets are blocked: starts each watch again whenever it is back. */

import { io, type Socket } from 'socket.io-client';
import type { LogEvent, StatusEvent } from '../protocol/events.js';
import { DrsClientError, isLasting, refusal } from './client-error.js';
import { EventStreams } from './event-streams.js';
import type { Call, ConnectOptions, Requester } from './request.js';

/** Something that wants events, and asks for them again after each break. */
export interface Watch {
  /** The job whose log it watches; one connection carries one watch per job. */
  readonly jobId?: number;
  /** Asks for what it wants; called at each connection. A rejection that may pass is tried again. */
  start(link: SocketLink): Promise<void>;
  /** The connection is away; `start` is called when it is back. */
  onLost(): void;
  /** The server refuses for good; nothing follows. */
  onRefused(error: DrsClientError): void;
  onStatus(event: StatusEvent): void;
  /** The client is closed; nothing of it may go on. */
  stop?(): void;
  /** Resolves when the chunks are dealt with; the server is told then. */
  onLog?(event: LogEvent): Promise<void>;
}

type Answer<T> = T & { ok: boolean; code?: string };

const answerMs = 20_000;
const retryMs = { first: 1000, last: 10_000 };

/** A connection and the watches on it. */
export class SocketLink {
  readonly #socket: Socket;
  readonly #request: Requester;
  /** In the place of a socket that could not connect. */
  #streams: EventStreams | undefined;
  /** True once there was a connection: then sockets are not blocked. */
  #wasConnected = false;
  readonly #watches = new Set<Watch>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(origin: string, options: ConnectOptions, request: Requester) {
    this.#request = request;
    this.#socket = io(`${origin}/drs`, socketOptions(options));
    this.#socket.on('connect', () => {
      this.#wasConnected = true;
      this.#startAll();
    });
    this.#socket.on('disconnect', (reason) => this.#disconnected(reason));
    this.#socket.on('connect_error', (error: Error & { data?: { code?: string } }) => this.#refused(error));
    this.#socket.on('status', (event: StatusEvent) => this.#each((watch) => watch.onStatus(event)));
    this.#socket.on('log', (event: LogEvent, acknowledge?: () => void) => void this.#log(event, acknowledge));
  }

  get size(): number {
    return this.#watches.size;
  }

  watchesJob(jobId: number): boolean {
    return [...this.#watches].some((watch) => watch.jobId === jobId);
  }

  add(watch: Watch): void {
    this.#watches.add(watch);
    if (this.#channel !== undefined) void this.#start(watch, retryMs.first);
    // Not connected and not trying: a refusal ended it; a new watch asks anew.
    else if (!this.#socket.active) this.#socket.connect();
  }

  remove(watch: Watch): void {
    if (!this.#watches.delete(watch)) return;
    this.#streams?.stop(watch.jobId);
    if (watch.jobId === undefined || !this.#socket.connected) return;
    this.#socket.emit('unwatch:log', { jobId: watch.jobId });
  }

  /**
   * Sends a request. `onAnswer` hears a good answer before any later event.
   * @throws DrsClientError when it is refused, or not answered in 20 s
   */
  ask<T extends object>(
    event: string,
    body: NonNullable<Call['query']> & { jobId?: number },
    onAnswer: (answer: T) => void,
  ): Promise<void> {
    if (this.#streams) return this.#streams.ask(body, onAnswer);
    return new Promise((resolve, reject) => {
      this.#socket.timeout(answerMs).emit(event, body, (cause: Error | null, answer?: Answer<T>) => {
        if (cause || !answer) {
          return reject(new DrsClientError('connection_failed', `No answer to ${event}.`, { cause }));
        }
        if (!answer.ok) return reject(refusal(answer.code ?? 'internal', event));
        onAnswer(answer);
        resolve();
      });
    });
  }

  close(): void {
    this.#each((watch) => watch.stop?.());
    this.#watches.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#streams?.close();
    this.#disconnect();
  }

  /** What watches are started on; undefined while there is nothing. */
  get #channel(): unknown {
    return this.#streams ?? (this.#socket.connected ? this.#socket.id : undefined);
  }

  #startAll(): void {
    this.#each((watch) => void this.#start(watch, retryMs.first));
  }

  /** A browser complains in its console about a connection that is closed before it stands. */
  #disconnect(): void {
    const end = (): unknown => this.#socket.disconnect();
    if (this.#socket.connected || !this.#socket.active) end();
    else this.#socket.once('connect', end).once('connect_error', end);
  }

  #each(act: (watch: Watch) => void): void {
    for (const watch of [...this.#watches]) act(watch);
  }

  async #start(watch: Watch, delayMs: number): Promise<void> {
    const channel = this.#channel;
    try {
      await watch.start(this);
    } catch (error) {
      if (!this.#watches.has(watch)) return;
      if (isLasting(error)) return this.#giveUp(watch, error);
      watch.onLost();
      this.#later(delayMs, () => {
        if (!this.#watches.has(watch) || this.#channel !== channel) return;
        if (this.#streams) this.#leaveStreams();
        else void this.#start(watch, Math.min(delayMs * 2, retryMs.last));
      });
    }
  }

  #giveUp(watch: Watch, error: DrsClientError): void {
    this.#watches.delete(watch);
    watch.onRefused(error);
  }

  #disconnected(reason: string): void {
    this.#each((watch) => watch.onLost());
    // Socket.IO comes back by itself, except when the server sent it away.
    if (reason === 'io server disconnect') this.#later(retryMs.first, () => this.#socket.connect());
  }

  /** Some networks let requests pass and no sockets, and some hosts have none. */
  #fallBack(): void {
    this.#socket.disconnect();
    this.#streams = new EventStreams(this.#request, {
      onStatus: (event, jobId) =>
        this.#each((watch) => {
          if (watch.jobId === jobId) watch.onStatus(event);
        }),
      onLog: (event) => this.#log(event),
      onEnd: (jobId, isCut) => this.#streamEnded(jobId, isCut),
    });
    this.#startAll();
  }

  /** Maybe it was the server that was away, and not the socket alone. */
  #leaveStreams(): void {
    this.#streams?.close();
    this.#streams = undefined;
    this.#each((watch) => watch.onLost());
    this.#socket.connect();
  }

  /** The server ends a stream now and then; nothing is lost by that. */
  #streamEnded(jobId: number | undefined, isCut: boolean): void {
    const channel = this.#channel;
    this.#each((watch) => {
      if (watch.jobId !== jobId) return;
      if (isCut) watch.onLost();
      this.#later(retryMs.first, () => {
        if (this.#watches.has(watch) && this.#channel === channel) void this.#start(watch, retryMs.first);
      });
    });
  }

  #refused(error: Error & { data?: { code?: string } }): void {
    // A proxy that ends TLS may hide from sockets what this site is called; of requests the browser says it.
    const isForeign = error.data?.code === 'cross_site';
    const isBlocked = isForeign || (error.data?.code === undefined && !this.#wasConnected);
    if (isBlocked && this.#watches.size > 0) return this.#fallBack();
    if (this.#socket.active) return this.#each((watch) => watch.onLost());
    const problem = refusal(error.data?.code ?? error.message, 'The connection');
    if (isLasting(problem)) return this.#each((watch) => this.#giveUp(watch, problem));
    this.#each((watch) => watch.onLost());
    this.#later(retryMs.last, () => this.#socket.connect());
  }

  async #log(event: LogEvent, acknowledge?: () => void): Promise<void> {
    for (const watch of [...this.#watches]) {
      if (watch.jobId === event.jobId) await watch.onLog?.(event);
    }
    acknowledge?.();
  }

  #later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }
}

function socketOptions({ headers, cookie, socketPath, withCredentials }: ConnectOptions) {
  return {
    path: socketPath ?? '/socket.io',
    // WebSocket first: no request of a connection depends on meeting the same web process again.
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    timeout: 8000,
    forceNew: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
    withCredentials: withCredentials ?? false,
    extraHeaders: { ...headers, ...(cookie === undefined ? {} : { cookie }) },
  };
}
