import { expect } from 'chai';
import express from 'express';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import { connectDrs, type DrsClient, type DrsClientError, type StatusEvent } from '../../lib/client/index.js';
import { attachSockets, drsRouter, type RemoteSubmission } from '../../lib/index.js';
import { instance, jobOf, TestAttempt } from '../http/support.js';
import { atEnd } from '../support/cleanup.js';
import { until } from './support/until.js';

/** A site behind a proxy that lets no socket pass: neither an upgrade nor polling. */
class BlockedSite {
  readonly connections = new Set<Socket>();
  streams = 0;
  #server: Server | undefined;
  #port = 0;

  constructor(readonly drs: RemoteSubmission) {}

  get mount(): string {
    return `http://127.0.0.1:${this.#port}/drs`;
  }

  async start(): Promise<void> {
    const app = express();
    app.use('/socket.io', (_request, response) => void response.status(403).send('No.'));
    app.use((request, _response, next) => {
      if (request.path.endsWith('/events')) this.streams += 1;
      next();
    });
    this.#server = createServer(app.use('/drs', drsRouter(this.drs)));
    this.#server.on('upgrade', (_request, socket) => socket.destroy());
    this.#server.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.on('close', () => this.connections.delete(socket));
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.connections) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server as Server, 'close');
    this.#server?.close();
    this.cut();
    await closed;
  }
}

describe('connectDrs where sockets are blocked', () => {
  let drs: RemoteSubmission;
  let site: BlockedSite;
  let client: DrsClient;

  before(async () => {
    drs = await instance();
  });

  beforeEach(async () => {
    site = new BlockedSite(drs);
    await site.start();
    client = connectDrs(site.mount, { headers: { 'x-user': 'ann' } });
  });

  afterEach(async () => {
    client.close();
    await site.stop();
  });

  const newAttempt = async () => TestAttempt.start(drs, (await jobOf(drs)).id);

  it('follows a log to its end', async () => {
    const attempt = await newAttempt();
    await attempt.print('1\n', '2\n');
    const read: string[] = [];
    for await (const { content } of client.log(attempt.claim.jobId)) {
      read.push(content);
      if (content === '2\n') await attempt.print('3\n');
      if (content === '3\n') {
        await attempt.print('é 4\n');
        await attempt.finish();
      }
    }
    expect(read).to.deep.equal(['1\n', '2\n', '3\n', 'é 4\n']);
  });

  it('misses nothing and repeats nothing across cuts and a restart of the server', async () => {
    const attempt = await newAttempt();
    await attempt.print('1');
    const seqs: number[] = [];
    for await (const { seq } of client.log(attempt.claim.jobId)) {
      seqs.push(seq);
      if (seq === 1) {
        site.cut();
        await attempt.print('2', '3');
      }
      if (seq === 3) {
        await site.stop();
        await attempt.print('4', '5');
        await site.start();
      }
      if (seq === 5) await attempt.print('6');
      if (seq === 6) await attempt.finish();
    }
    expect(seqs).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(site.streams).to.be.at.least(3);
  });

  it('goes on to a newer attempt, and hears of the states of jobs', async () => {
    const first = await newAttempt();
    const { jobId } = first.claim;
    const heard: StatusEvent[] = [];
    client.watchJobs({ limit: 100 }, (event) => void heard.push(event));
    const told: (number | string)[] = [];
    client.watchLog(
      { jobId },
      {
        onAttempt: (attempt) => void told.push(attempt),
        onChunks: (chunks) => void told.push(...chunks.map(({ content }) => content)),
        onEnd: ({ status }) => void told.push(status),
        onConnection: (state) => void told.push(state),
      },
    );
    await first.print('old');
    await first.finish();
    await until(() => told.includes('success'));
    await (await TestAttempt.start(drs, jobId)).print('new');
    await until(() => told.includes('new'));
    expect(told.filter((word) => word !== 'live')).to.deep.equal([1, 'old', 'success', 2, 'new']);
    expect(heard.some((event) => event.jobId === jobId && event.attempt === 2)).to.equal(true);
  });

  it('begins with the end of a long log when that is wanted', async () => {
    const attempt = await newAttempt();
    await attempt.print(...Array.from({ length: 50 }, (_, n) => `${n + 1}\n`));
    const seqs: number[] = [];
    let skipped = 0;
    client.watchLog(
      { jobId: attempt.claim.jobId, tail: 3 },
      {
        onSkipped: (seq) => (skipped = seq),
        onChunks: (chunks) => void seqs.push(...chunks.map(({ seq }) => seq)),
      },
    );
    await until(() => seqs.length === 3);
    expect([skipped, ...seqs]).to.deep.equal([47, 48, 49, 50]);
  });

  it('does not read ahead of a slow reader', async () => {
    const attempt = await newAttempt();
    for (let count = 0; count < 20; count += 1)
      await attempt.print(...Array<string>(10).fill('x'.repeat(60_000)));
    const iterator = client.log(attempt.claim.jobId);
    await iterator.next();
    await client.jobs.get(attempt.claim.jobId);
    const written = Math.max(...[...site.connections].map(({ bytesWritten }) => bytesWritten));
    expect(written).to.be.below(10_000_000);
    await iterator.return();
  });

  it('says what the server refuses', async () => {
    const job = await jobOf(drs, 'bob');
    const refused = await client
      .log(job.id)
      .next()
      .catch((error: unknown) => error as DrsClientError);
    expect(refused).to.include({ code: 'not_found', status: 404 });
    const anonymous = connectDrs(site.mount);
    const error = await new Promise<DrsClientError>((resolve) => {
      anonymous.watchJobs({}, { onStatus: () => undefined, onRefused: resolve });
    });
    expect(error).to.include({ code: 'unauthenticated', status: 401 });
    anonymous.close();
  });
});

describe('connectDrs where a proxy hides from sockets what the site is called', () => {
  it('follows a log by requests, of which the browser says that they are of this site', async () => {
    const drs = await instance();
    const app = express();
    app.use((request, _response, next) => {
      request.headers['sec-fetch-site'] = 'same-origin';
      next();
    });
    const server = createServer(app.use('/drs', drsRouter(drs)));
    const io = new SocketServer(server, { destroyUpgrade: false });
    attachSockets(io, drs);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(() => io.close());
    const attempt = await TestAttempt.start(drs, (await jobOf(drs)).id);
    await attempt.print('1', '2');
    await attempt.finish();
    const mount = `http://127.0.0.1:${(server.address() as AddressInfo).port}/drs`;
    const client = connectDrs(mount, { headers: { 'x-user': 'ann', origin: 'https://portal.lab' } });
    const read: string[] = [];
    for await (const { content } of client.log(attempt.claim.jobId)) read.push(content);
    expect(read).to.deep.equal(['1', '2']);
    client.close();
  });
});
