/** A host application as people have it: a sign-in page of its own, the router, the sockets, and the panel. */

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import { Server as SocketServer } from 'socket.io';
import { drsAdmin, type AdminOptions } from '../../../../admin/index.js';
import type { User } from '../../../../lib/protocol/records.js';
import { drsRouter } from '../../../../lib/http/router.js';
import type { RemoteSubmission } from '../../../../lib/remote-submission.js';
import { attachSockets } from '../../../../lib/sockets/attach-sockets.js';
import { clientScript } from '../../support/bundle.js';

/** How the panel is mounted. */
export interface Mount {
  app?: Express;
  /** Middleware that the host mounts before the panel. */
  before?: RequestHandler[];
  /** Where the panel is. Default `/admin`. */
  path?: string;
  options?: AdminOptions;
}

/** The host: the address it listens at, and its end. */
export interface Host {
  url: string;
  stop(): Promise<void>;
}

/** People by the cookie that the sign-in page sets. */
export function identifyBy(users: readonly User[]): (request: IncomingMessage) => User | null {
  return (request) => {
    const name = /(?:^|; )user=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    return users.find(({ username }) => username === name) ?? null;
  };
}

/** Starts it on a free port. */
export async function startHost(drs: RemoteSubmission, mount: Mount = {}): Promise<Host> {
  const { app = express(), before = [], path = '/admin', options } = mount;
  app.get('/login', (_request, response) => void response.type('html').send(signInPage));
  app.post('/login', express.urlencoded({ extended: false }), (request, response) => {
    const { username } = request.body as { username: string };
    response.set('set-cookie', `user=${username}; Path=/; HttpOnly; SameSite=Lax`).redirect(303, path);
  });
  for (const handler of before) app.use(handler);
  app.use(path, drsAdmin(drs, options ?? { loginPath: '/login' }));
  // The router serves what the last build made, which another checkout's state must not decide.
  app.get('/drs/client.js', (_request, response) => response.sendFile(clientScript, { dotfiles: 'allow' }));
  app.use('/drs', drsRouter(drs));
  const server = createServer(app);
  const io = new SocketServer(server, { destroyUpgrade: false, serveClient: false });
  attachSockets(io, drs);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await io.close();
    },
  };
}

const signInPage = `<!doctype html><title>Sign in</title><link rel="icon" href="data:,">
<form method="post"><label>Name <input name="username"></label><button>Sign in</button></form>`;
