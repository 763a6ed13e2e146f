/** A web process with the panel, on the built package and a database of its own; everybody is an administrator. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import {
  attachSockets,
  createRemoteSubmission,
  drsRouter,
  optionsFromEnvironment,
} from 'express-remote-submission';
import { drsAdmin } from 'express-remote-submission/admin';
import { serve } from './serve.mjs';

const identify = () => ({ id: 'id-1', username: 'user1', isAdmin: true });
const drs = createRemoteSubmission({ ...optionsFromEnvironment(), identify });
await drs.migrate();
const app = express().use('/admin', drsAdmin(drs)).use('/drs', drsRouter(drs));
const httpServer = createServer(app);
attachSockets(new Server(httpServer, { destroyUpgrade: false, serveClient: false }), drs);
httpServer.listen(0, '127.0.0.1');
await once(httpServer, 'listening');
const { port } = httpServer.address();

serve({
  port: async () => port,
  /** Milliseconds from the wish to watch to the answer, on a connection that is open. */
  timeWatch: async ({ event, argument }) => {
    const socket = io(`http://127.0.0.1:${port}/drs`, { transports: ['websocket'], forceNew: true });
    await once(socket, 'connect');
    const begun = performance.now();
    const answer = await socket.emitWithAck(event, argument);
    const ms = performance.now() - begun;
    socket.disconnect();
    if (!answer.ok) throw new Error(`${event} was refused: ${answer.code}`);
    return ms;
  },
});
