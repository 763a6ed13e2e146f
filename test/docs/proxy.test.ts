import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import express from 'express';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import request from 'supertest';
import { choosePort } from '../../example/demo/prepare.mjs';
import { ensureCommand } from '../../lib/embedded/install.js';
import { attachSockets, drsRouter, type RemoteSubmission } from '../../lib/index.js';
import { atEnd } from '../support/cleanup.js';
import { testInstance } from '../support/instance.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { blocksOf } from './documents.js';

const admin = { id: 1, username: 'ann', isAdmin: true };
const [atRoot, belowAPath] = blocksOf('docs/deploying.md').filter(({ language }) => language === 'nginx');
const ways = [
  { title: 'at the root', block: atRoot?.code ?? '', base: '' },
  { title: 'below a path', block: belowAPath?.code ?? '', base: '/lab/portal' },
];

describe('nginx as the documents set it up', function () {
  this.timeout(360_000);
  let drs: RemoteSubmission;
  let web: HttpServer;

  before(async () => {
    drs = await testInstance({ identify: () => admin });
    const app = express();
    app.set('trust proxy', 'loopback');
    app.use('/drs', drsRouter(drs));
    web = createServer(app).listen(0, '127.0.0.1');
    await once(web, 'listening');
    attachSockets(new Server(web), drs);
  });
  after(() => {
    web.close();
    web.closeAllConnections();
  });

  for (const { title, block, base } of ways) {
    describe(title, () => {
      let origin: string;

      before(async () => {
        const { port } = web.address() as AddressInfo;
        origin = await startNginx(block.replace('127.0.0.1:3000', `127.0.0.1:${port}`));
      });

      it('lets pages of this site change something, and no others', async () => {
        const interpreter = { name: 'Shell', path: '/bin/sh' };
        const send = (from: string) =>
          request(origin).post(`${base}/drs/interpreters`).set('origin', from).send(interpreter);
        await send(origin).expect(201);
        await send('http://elsewhere.example').expect(403);
      });

      it('passes sockets on', async () => {
        const socket = io(`${origin}/drs`, {
          ...{ path: `${base}/socket.io`, transports: ['websocket'], forceNew: true },
          extraHeaders: { origin },
        });
        try {
          await connected(socket);
          expect(await socket.emitWithAck('watch:jobs', {})).to.deep.equal({ ok: true, jobs: [] });
        } finally {
          socket.close();
        }
      });

      it('passes event streams on as they come', async () => {
        const end = new AbortController();
        const { body } = await fetch(`${origin}${base}/drs/events`, { signal: end.signal });
        expect(await untilEvent(body)).to.include('event: watch');
        end.abort();
      });
    });
  }
});

/** What comes up to the end of the first event; the stream itself has none. */
async function untilEvent(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  let text = '';
  for await (const piece of body ?? []) {
    text += Buffer.from(piece).toString();
    if (/^event: .*\n\n/ms.test(text)) break;
  }
  return text;
}

async function connected(socket: Socket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}

/** Starts nginx with this in its server; it ends with the run. Resolves to its address. */
async function startNginx(block: string): Promise<string> {
  const command = await ensureCommand({ command: 'nginx', debianPackage: 'nginx', brewFormula: 'nginx' });
  const folder = await temporaryFolder('nginx');
  const port = await choosePort('0');
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const lines = [
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    ...['daemon off;', `pid ${join(folder, 'pid')};`, 'error_log stderr notice;', 'events {}'],
    ...['http {', 'access_log off;'],
    ...places.map((name) => `${name}_temp_path ${join(folder, name)};`),
    ...['server {', `listen 127.0.0.1:${port};`, block, '}', '}'],
  ];
  await writeFile(join(folder, 'nginx.conf'), lines.join('\n'));
  const nginx = spawn(command, ['-c', join(folder, 'nginx.conf'), '-p', folder, '-e', 'stderr']);
  atEnd(async () => {
    nginx.kill();
    if (nginx.exitCode === null) await once(nginx, 'close');
  });
  await started(nginx);
  return `http://127.0.0.1:${port}`;
}

async function started(nginx: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    nginx.stderr?.on('data', (text) => {
      said += String(text);
      if (said.includes('start worker process ')) resolve();
    });
    nginx.once('close', () => reject(new Error(`nginx ended: ${said}`)));
  });
}
