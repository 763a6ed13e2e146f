import { expect } from 'chai';
import express from 'express';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { LogEvent, StatusEvent } from '../../lib/protocol/events.js';
import type { StreamTiming } from '../../lib/http/event-streams.js';
import { routes } from '../../lib/http/routes.js';
import { serveRoutes } from '../../lib/http/serve-routes.js';
import type { RemoteSubmission, User } from '../../lib/index.js';
import { atEnd } from '../support/cleanup.js';
import { instance, jobOf, TestAttempt } from './support.js';

/** One event as it came. */
interface Received {
  id?: string;
  event?: string;
  data: string;
}

/** A client that reads one stream of events, or leaves it unread. */
class Reader {
  readonly events: Received[] = [];
  comments = 0;
  isEnded = false;
  #rest = '';
  #wake: () => void = () => undefined;

  static async open(server: Server, path: string, headers: object = {}): Promise<Reader> {
    const { port } = server.address() as AddressInfo;
    const asked = get({ port, path: `/drs${path}`, headers: { 'x-user': 'ann', ...headers }, agent: false });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const reader = new Reader(response);
    atEnd(async () => void response.destroy());
    return reader;
  }

  private constructor(readonly response: IncomingMessage) {}

  /** Begins to read. */
  read(): this {
    this.response.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    const end = (): void => {
      this.isEnded = true;
      this.#wake();
    };
    this.response.on('close', end).on('error', end);
    return this;
  }

  async until(isTrue: (reader: this) => boolean): Promise<void> {
    while (!isTrue(this)) await new Promise<void>((wake) => (this.#wake = wake));
  }

  of<T>(name: string): T[] {
    return this.events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data) as T);
  }

  /** All output so far. */
  text = '';

  #take(text: string): void {
    const parts = (this.#rest + text).split('\n\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) {
      const fields = part.split('\n').map((line) => line.split(/: (.*)/s));
      const of = (name: string) => fields.find(([field]) => field === name)?.[1];
      if (part.startsWith(':')) this.comments += 1;
      if (of('event') === 'log') {
        const { chunks } = JSON.parse(of('data') ?? '') as LogEvent;
        this.text += chunks.map(({ content }) => content).join('');
      }
      if (of('data') !== undefined)
        this.events.push({ id: of('id'), event: of('event'), data: of('data') ?? '' });
    }
    this.#wake();
  }
}

async function serve(drs: RemoteSubmission, timing: Partial<StreamTiming> = {}): Promise<Server> {
  const router = express.Router();
  serveRoutes(router, routes, { drs, ready: async () => undefined, timing });
  const server = createServer(express().use('/drs', router)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

describe('events over HTTP', () => {
  let drs: RemoteSubmission;
  let server: Server;

  before(async () => {
    drs = await instance();
    server = await serve(drs);
  });

  const newAttempt = async () => TestAttempt.start(drs, (await jobOf(drs)).id);

  it('give the log from its start, then live, with states and the place of the client', async () => {
    const attempt = await newAttempt();
    await attempt.print('a', { stream: 'stderr', content: 'b' });
    const { jobId } = attempt.claim;
    const reader = (await Reader.open(server, `/jobs/${jobId}/events`)).read();
    expect(reader.response.headers).to.include({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    await reader.until(({ text }) => text === 'ab');
    await attempt.print('c\n');
    await reader.until(({ text }) => text === 'abc\n');
    await attempt.finish();
    await reader.until((read) => read.of<StatusEvent>('status').at(-1)?.status === 'success');
    expect(reader.of('watch')).to.deep.equal([{ attempt: 1, head: 2 }]);
    expect(reader.events.filter(({ event }) => event === 'log').at(-1)?.id).to.equal('1.3');
    const [first] = reader.of<LogEvent>('log');
    expect(first?.chunks[0]).to.include({
      seq: 1,
      stream: 'stdout',
      offset: 0,
      content: 'a',
      line: 1,
      linesBefore: 0,
    });
  });

  it('go on from Last-Event-ID, and on to the next attempt', async () => {
    const first = await newAttempt();
    const { jobId } = first.claim;
    await first.print('a', 'b', 'c');
    await first.finish();
    const second = await TestAttempt.start(drs, jobId);
    await second.print('d', 'e');
    const events = `/jobs/${jobId}/events`;
    const back = (await Reader.open(server, `${events}?after=1`, { 'last-event-id': '1.2' })).read();
    await back.until(({ text }) => text === 'cde');
    const named = (
      await Reader.open(server, `${events}?attempt=2&after=1`, { 'last-event-id': '1.2' })
    ).read();
    await named.until(({ text }) => text === 'e');
    const odd = (await Reader.open(server, events, { 'last-event-id': 'x' })).read();
    await odd.until(({ text }) => text === 'de');
    await second.finish();
    await (await TestAttempt.start(drs, jobId)).print('f');
    await back.until(({ text }) => text === 'cdef');
    await named.until((read) => read.of<StatusEvent>('status').at(-1)?.attempt === 3);
    expect(named.text).to.equal('e');
  });

  it('give the states of the jobs that a user may see', async () => {
    const own = await jobOf(drs, 'ann', 'Own');
    const other = await jobOf(drs, 'bob', 'Other');
    const reader = (await Reader.open(server, '/events?limit=1')).read();
    await reader.until((read) => read.of('watch').length === 1);
    expect(reader.of<{ jobs: StatusEvent[] }>('watch')[0]?.jobs.map(({ jobId }) => jobId)).to.deep.equal([
      own.id,
    ]);
    await TestAttempt.start(drs, other.id);
    await TestAttempt.start(drs, own.id);
    await reader.until((read) =>
      read.of<StatusEvent>('status').some(({ jobId, status }) => jobId === own.id && status === 'running'),
    );
    // Others of ann's that changed just before are told of, too.
    const told = reader.of<StatusEvent>('status').map(({ jobId }) => jobId);
    expect(told).to.include(own.id).and.not.include(other.id);
  });

  it('say that they are alive, and end after their time for the client to come back', async () => {
    const attempt = await newAttempt();
    const short = await serve(drs, { heartbeatMs: 10, lifeMs: 200 });
    const reader = (await Reader.open(short, `/jobs/${attempt.claim.jobId}/events`)).read();
    await reader.until(({ comments }) => comments >= 3);
    await reader.until(({ isEnded }) => isEnded);
    expect(reader.response.complete).to.equal(true);
  });

  it('end when the right to them ends', async () => {
    let isAllowed = true;
    const authorize = (user: User | null) => user !== null && (isAllowed || user.isAdmin === true);
    const ruled = await instance({ authorize });
    const attempt = await TestAttempt.start(ruled, (await jobOf(ruled)).id);
    const path = `/jobs/${attempt.claim.jobId}/events`;
    const reader = (await Reader.open(await serve(ruled, { rightsMs: 0 }), path)).read();
    await attempt.print('seen');
    await reader.until(({ text }) => text === 'seen');
    isAllowed = false;
    await attempt.print(' hidden');
    await reader.until(({ isEnded }) => isEnded);
    expect(reader.text).to.equal('seen');
  });

  it('wait for a client that does not read, who slows nobody else', async () => {
    const attempt = await newAttempt();
    const path = `/jobs/${attempt.claim.jobId}/events`;
    const connections: Socket[] = [];
    server.on('connection', (socket: Socket) => connections.push(socket));
    const slow = await Reader.open(server, path);
    const quick = (await Reader.open(server, path)).read();
    const piece = 'x'.repeat(60 * 1024);
    for (let count = 0; count < 20; count += 1) await attempt.print(...Array<string>(10).fill(piece));
    await attempt.print('end');
    await quick.until(({ text }) => text.endsWith('end'));
    expect(quick.text.length).to.equal(200 * piece.length + 3);
    // The systems at both ends keep some megabytes for a connection; this process keeps less than one.
    const ofSlow = connections.find(({ remotePort }) => remotePort === slow.response.socket.localPort);
    expect(ofSlow?.bytesWritten).to.be.below(10_000_000);
    expect(ofSlow?.writableLength).to.be.below(300_000);
    slow.read();
    await slow.until(({ text }) => text.endsWith('end'));
    expect(slow.text === quick.text).to.equal(true);
  });
});
