/** A host application with the panel, on a real database. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import express, { type Express, type RequestHandler } from 'express';
import { drsAdmin, type AdminOptions } from '../../../admin/index.js';
import { createRemoteSubmission, type RemoteSubmission } from '../../../lib/remote-submission.js';
import type { RemoteSubmissionOptions } from '../../../lib/options.js';
import type { User } from '../../../lib/protocol/records.js';
import { attachSockets } from '../../../lib/sockets/attach-sockets.js';
import { drsRouter } from '../../../lib/http/router.js';
import { memoryBus, memoryQueue } from '../../../lib/queue/memory-queue.js';
import { memoryStorage } from '../../../lib/storage/memory.js';
import { atEnd, shared } from '../../support/cleanup.js';
import { testDatabase } from '../../support/postgres.js';
import { bundleScripts, clientScript } from './bundle.js';

export const admin: User = { id: 1, username: 'ann', isAdmin: true };
export const scientist: User = { id: 2, username: 'bob' };

const bundled = shared(bundleScripts);

/** An instance on an empty database, with a queue in memory. Requests say who they are by the header or cookie `user`. */
export async function makeInstance(options: RemoteSubmissionOptions = {}): Promise<RemoteSubmission> {
  await bundled();
  const drs = createRemoteSubmission({
    databaseUrl: await testDatabase(),
    queue: { jobs: memoryQueue(), bus: memoryBus() },
    storage: memoryStorage(),
    secret: 'a secret of at least sixteen characters',
    identify: (request) =>
      userNamed(request.headers['x-user'] ?? /user=(\w+)/.exec(request.headers.cookie ?? '')?.[1]),
    ...options,
  });
  atEnd(() => drs.close());
  await drs.migrate();
  return drs;
}

function userNamed(name: unknown): User | null {
  return [admin, scientist].find(({ username }) => username === name) ?? null;
}

/** How the panel is mounted. */
export interface Mount {
  app?: Express;
  /** Middleware that the host mounts before the panel. */
  before?: RequestHandler[];
  path?: string;
  options?: AdminOptions;
}

/** The address of a running application: the panel below `path` (default `/admin`), the router at `/drs`. */
export async function serve(drs: RemoteSubmission, mount: Mount = {}): Promise<string> {
  const app = mount.app ?? express();
  for (const handler of mount.before ?? []) app.use(handler);
  app.use(mount.path ?? '/admin', drsAdmin(drs, mount.options));
  // The router serves what the last build made, which another checkout's state must not decide.
  app.get('/drs/client.js', (_request, response) => response.sendFile(clientScript, { dotfiles: 'allow' }));
  app.use('/drs', drsRouter(drs));
  const server = createServer(app);
  const io = new SocketServer(server, { destroyUpgrade: false });
  attachSockets(io, drs);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    return io.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
