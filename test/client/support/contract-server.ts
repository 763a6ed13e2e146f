/**
 * A small server that speaks the contract of REST and sockets from memory, and can be stopped and started on the same
 * port: what the client is tested against in every detail. The real router is tested with the client elsewhere.
 */

import express from 'express';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer, type Socket } from 'socket.io';
import type { LogChunk, StatusEvent } from '../../../lib/protocol/events.js';
import { countLines, type LineCount } from '../../../lib/protocol/line-numbers.js';
import type { JobStatus } from '../../../lib/protocol/job-status.js';
import type { Job, Result, Server } from '../../../lib/client/types.js';
import { strictPolicy } from './pages.js';

type Change = Partial<
  Pick<Job, 'attempt' | 'failureReason' | 'exitCode' | 'message' | 'startedAt' | 'finishedAt'>
>;
type Answer = (body: object) => void;

/** What a test serves besides the contract. */
export interface ContractServerOptions {
  /** The file that `/drs/client.js` answers. */
  clientFile?: string;
  /** Pages by path, as bodies of HTML, sent under a strict Content-Security-Policy. */
  pages?: Readonly<Record<string, string>>;
}

export class ContractServer {
  readonly jobs = new Map<number, Job>();
  readonly results = new Map<number, Result[]>();
  readonly watches: string[] = [];
  /** Where each page of stored output was that was asked for. */
  readonly pages: { after?: number; before?: number; line?: number }[] = [];
  /** Refuses such pages. */
  failPages = false;
  /** Each search that was asked for. */
  readonly searches: string[] = [];
  /** Chunks of such a page, at most. */
  pageChunks = 2;
  readonly servers: Server[] = [];
  /** Answers every socket request with this code. */
  refuseWith: string | null = null;
  /** Answers cancel and submit with this code and status. */
  refuseActions: { status: number; code: string; problems?: { path: string; message: string }[] } | null =
    null;
  /** The bodies of submits. */
  readonly submits: object[] = [];
  /** Frames that a viewer has not acknowledged. */
  inFlight = 0;
  readonly #sizes = new Map<string, number>();
  readonly #chunks = new Map<string, LogChunk[]>();
  readonly #lines = new Map<string, LineCount>();
  readonly #options: ContractServerOptions;
  #http: HttpServer | undefined;
  #sockets: SocketServer | undefined;
  #port = 0;

  constructor(options: ContractServerOptions = {}) {
    this.#options = options;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get mount(): string {
    return `${this.origin}/drs`;
  }

  get connections(): number {
    return this.#sockets?.of('/drs').sockets.size ?? 0;
  }

  async start(): Promise<this> {
    const http = createServer(this.#app());
    const sockets = new SocketServer(http, { destroyUpgrade: false });
    sockets.of('/drs').on('connection', (socket) => this.#serve(socket));
    await new Promise<void>((resolve) => http.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
    this.#sockets = sockets;
    return this;
  }

  async stop(): Promise<void> {
    this.#http?.closeAllConnections();
    await this.#sockets?.close();
  }

  addJob(job: Partial<Job> & { id: number }): Job {
    const now = new Date().toISOString();
    const made: Job = {
      uuid: `uuid-${job.id}`,
      title: `Job ${job.id}`,
      program: 'echo',
      remoteDirectory: '~/work',
      remoteFilename: 'run.sh',
      owner: '1',
      ownerUsername: 'ann',
      serverId: 1,
      interpreterId: 1,
      server: { id: 1, title: 'Beamline cluster' },
      interpreter: { id: 1, name: 'Python 3' },
      status: 'initial',
      attempt: 0,
      failureReason: null,
      exitCode: null,
      signal: null,
      message: null,
      timeoutMs: null,
      logPolicy: null,
      storeResults: null,
      startedAt: null,
      finishedAt: null,
      createdAt: now,
      updatedAt: now,
      allowed: { update: true, delete: true, submit: true, copy: true, cancel: true },
      ...job,
    };
    this.jobs.set(job.id, made);
    return made;
  }

  /** Sets a state and announces it. */
  setStatus(id: number, status: JobStatus, change: Change = {}): void {
    const job = { ...this.#job(id), ...change, status, updatedAt: new Date().toISOString() };
    this.jobs.set(id, job);
    this.#sockets?.of('/drs').emit('status', statusOf(job));
  }

  /** Stores output of the newest attempt, and wakes its viewers. */
  print(id: number, content: string, stream: LogChunk['stream'] = 'stdout'): void {
    const key = `${id}/${this.#job(id).attempt}`;
    const stored = this.#chunks.get(key) ?? [];
    const size = this.#sizes.get(`${key} ${stream}`) ?? 0;
    this.#sizes.set(`${key} ${stream}`, size + Buffer.byteLength(content));
    const lines = this.#lines.get(key) ?? { begun: 0, stdout: 0, stderr: 0 };
    const { counted, after } = countLines(lines, [{ stream, content: Buffer.from(content) }]);
    this.#lines.set(key, after);
    stored.push({
      seq: stored.length + 1,
      stream,
      offset: size,
      time: new Date().toISOString(),
      content,
      line: counted[0]?.line ?? 0,
      linesBefore: lines.begun,
    });
    this.#chunks.set(key, stored);
    this.#wake.forEach((wake) => wake());
  }

  readonly #wake = new Set<() => void>();

  #job(id: number): Job {
    const job = this.jobs.get(id);
    if (!job) throw new Error(`no job ${id}`);
    return job;
  }

  #app() {
    const app = express();
    for (const [path, body] of Object.entries(this.#options.pages ?? {})) {
      app.get(path, (_request, response) => {
        response.set('Content-Security-Policy', strictPolicy).type('html').send(body);
      });
    }
    app.get('/favicon.ico', (_request, response) => void response.status(204).end());
    app.get('/page.css', (_request, response) => {
      response
        .type('css')
        .send(
          ':root{color-scheme:light dark} body{margin:1.5rem auto;max-width:60rem;padding:0 1rem;font-family:system-ui} .short{--drs-log-height:12rem}',
        );
    });
    app.use('/drs', this.#router());
    return app;
  }

  #router() {
    const router = express.Router();
    const { clientFile } = this.#options;
    if (clientFile)
      router.get('/client.js', (_request, response) => response.sendFile(clientFile, { dotfiles: 'allow' }));
    router.use((request, response, next) => {
      if (request.get('x-anonymous') === undefined && this.refuseWith !== 'unauthenticated') return next();
      problem(response, 401, 'unauthenticated');
    });
    router.get('/jobs', (request, response) => {
      const wish = request.query as Record<string, string | undefined>;
      const { status, serverId, titleContains = '', limit = '10', cursor = '0' } = wish;
      const fitting = [...this.jobs.values()]
        .filter((job) => status === undefined || job.status === status)
        .filter((job) => serverId === undefined || String(job.serverId) === serverId)
        .filter(({ title }) => title.toLowerCase().includes(titleContains.toLowerCase()))
        .sort((a, b) => b.id - a.id);
      const end = Number(cursor) + Number(limit);
      const next = end < fitting.length ? String(end) : null;
      response.json({ items: fitting.slice(Number(cursor), end), next });
    });
    router.get('/servers', (_request, response) => void response.json({ items: this.servers, next: null }));
    router.post('/jobs', express.json(), (request, response) => {
      const job = this.addJob({ id: this.jobs.size + 1, ...(request.body as Partial<Job>) });
      response.status(201).json(job);
    });
    router.patch('/jobs/:id', express.json(), (request, response) => {
      const job = { ...this.#job(Number(request.params.id)), ...(request.body as Partial<Job>) };
      this.jobs.set(job.id, job);
      response.json(job);
    });
    router.get('/jobs/:id', (request, response) => {
      const job = this.jobs.get(Number(request.params.id));
      if (job) response.json(job);
      else problem(response, 404, 'not_found');
    });
    router.post('/jobs/:id/:action', (_request, response, next) => {
      if (!this.refuseActions) return next();
      problem(response, this.refuseActions.status, this.refuseActions);
    });
    router.post('/jobs/:id/cancel', express.json(), (request, response) => {
      const job = this.#job(Number(request.params.id));
      this.setStatus(job.id, 'cancelled');
      response.status(202).json({ jobId: job.id, attempt: job.attempt, status: 'cancelled' });
    });
    router.post('/jobs/:id/submit', express.json(), (request, response) => {
      const job = this.#job(Number(request.params.id));
      this.submits.push(request.body as object);
      this.setStatus(job.id, 'submitted', { attempt: job.attempt + 1 });
      response.status(202).json({ jobId: job.id, attempt: job.attempt + 1, status: 'submitted' });
    });
    router.post('/jobs/:id/retry', express.json(), (request, response) => {
      const job = this.#job(Number(request.params.id));
      const accepted = { jobId: job.id, attempt: job.attempt + 1, status: 'submitted' };
      this.setStatus(job.id, 'submitted', { attempt: accepted.attempt });
      response.status(202).json({ ...accepted, retryOf: job.attempt });
    });
    router.get('/jobs/:id/results', (request, response) => {
      response.json({ items: this.results.get(Number(request.params.id)) ?? [], next: null });
    });
    router.get('/jobs/:id/logs', (request, response) => {
      const stored = this.#chunks.get(`${request.params.id}/${request.query.attempt as string}`) ?? [];
      const place = placeOf(request.query);
      this.pages.push(place);
      if (this.failPages) return problem(response, 500, 'internal');
      const items = pageOf(stored, place, this.pageChunks);
      const last = items.at(-1)?.seq ?? stored.length;
      response.json({ items, next: last < stored.length ? last : null });
    });
    router.get('/jobs/:id/search', (request, response) => {
      const { attempt, q, after } = request.query as Record<string, string>;
      const stored = this.#chunks.get(`${request.params.id}/${attempt}`) ?? [];
      this.searches.push(`${q} after ${after}`);
      const items = stored.slice(Number(after)).flatMap((chunk) => hitsIn(chunk, q ?? ''));
      response.json({ items, hits: items.reduce((sum, { hits }) => sum + hits, 0), next: null });
    });
    router.get('/results/:id/file', (request, response) => {
      response.attachment('fit.json').send(`bytes of ${request.params.id}`);
    });
    router.get('/ui/jobs/:id', (request, response) => {
      response.type('text').send(`the page of job ${request.params.id}`);
    });
    return router;
  }

  #serve(socket: Socket): void {
    const running = new Map<number, AbortController>();
    socket.on('watch:jobs', ({ limit }: { limit: number }, answer: Answer) => {
      this.watches.push('jobs');
      if (this.refuseWith) return answer({ ok: false, code: this.refuseWith });
      const jobs = [...this.jobs.values()]
        .sort((a, b) => b.id - a.id)
        .slice(0, limit)
        .map(statusOf);
      answer({ ok: true, jobs });
    });
    socket.on('watch:log', (body: { jobId: number; attempt?: number; after?: number }, answer: Answer) => {
      this.watches.push(`log ${body.jobId} after ${body.after ?? 0}`);
      if (this.refuseWith) return answer({ ok: false, code: this.refuseWith });
      const attempt = body.attempt ?? this.#job(body.jobId).attempt;
      const key = `${body.jobId}/${attempt}`;
      running.get(body.jobId)?.abort();
      const stop = new AbortController();
      running.set(body.jobId, stop);
      answer({ ok: true, attempt, head: this.#chunks.get(key)?.length ?? 0 });
      void this.#send(socket, { jobId: body.jobId, attempt, after: body.after ?? 0, signal: stop.signal });
    });
    socket.on('unwatch:log', ({ jobId }: { jobId: number }) => running.get(jobId)?.abort());
    socket.on('disconnect', () => running.forEach((stop) => stop.abort()));
  }

  /** One acknowledged frame of at most three chunks at a time. */
  async #send(
    socket: Socket,
    view: { jobId: number; attempt: number; after: number; signal: AbortSignal },
  ): Promise<void> {
    let last = view.after;
    while (!view.signal.aborted) {
      const chunks = (this.#chunks.get(`${view.jobId}/${view.attempt}`) ?? []).slice(last, last + 3);
      if (chunks.length === 0) {
        await this.#news(view.signal);
        continue;
      }
      last += chunks.length;
      this.inFlight += 1;
      await acknowledged(socket, { jobId: view.jobId, attempt: view.attempt, chunks }, view.signal);
      this.inFlight -= 1;
    }
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake.delete(wake);
        resolve();
      };
      this.#wake.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

/** Resolves when the viewer has acknowledged, or is gone; without a timer that would outlive the tests. */
function acknowledged(socket: Socket, frame: object, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    socket.emit('log', frame, end);
  });
}

type Place = ContractServer['pages'][number];

function placeOf(query: Record<string, unknown>): Place {
  const given = (['after', 'before', 'line'] as const).filter((name) => query[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, Number(query[name])]));
}

function pageOf(stored: readonly LogChunk[], { after = 0, before, line }: Place, most: number): LogChunk[] {
  if (before !== undefined) return stored.slice(Math.max(0, before - 1 - most), before - 1);
  const next = stored.findIndex(({ linesBefore }) => linesBefore >= (line ?? 0));
  const from = line === undefined ? after : (next === -1 ? stored.length : next) - 1;
  return stored.slice(Math.max(0, from), Math.max(0, from) + most);
}

/** Whole lines alone, which is enough here. */
function hitsIn({ seq, stream, linesBefore, content }: LogChunk, text: string) {
  return content.split('\n').flatMap((words, index) => {
    const hits = words.toLowerCase().split(text.toLowerCase()).length - 1;
    return hits === 0 ? [] : [{ line: linesBefore + 1 + index, seq, stream, hits }];
  });
}

function statusOf({ id, attempt, title, status, failureReason, updatedAt }: Job): StatusEvent {
  return { jobId: id, attempt, title, status, failureReason, modified: updatedAt };
}

function problem(response: express.Response, status: number, said: string | { code: string }): void {
  const { code, ...more } = typeof said === 'string' ? { code: said } : said;
  const body = { type: 'about:blank', title: code, detail: `It is ${code}.`, code, ...more, status };
  response.status(status).type('application/problem+json').send(JSON.stringify(body));
}
