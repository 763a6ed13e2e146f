/** A portal in a process of its own, to be killed: prints its address. `PORT` is its port, 0 for any free one. */

import express from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import {
  attachSockets,
  createRemoteSubmission,
  drsRouter,
  optionsFromEnvironment,
} from '../../../lib/index.js';
import { head, strictPolicy } from './pages.js';

const user = { id: 'id-of-ann', username: 'ann', isAdmin: false };
const drs = createRemoteSubmission({ ...optionsFromEnvironment(), identify: () => user });
const app = express();

app.get('/logs/:jobs', ({ params }, response) => {
  const logs = params.jobs.split(',').map((job) => `<drs-job-log job="${Number(job)}"></drs-job-log>`);
  response
    .set('Content-Security-Policy', strictPolicy)
    .type('html')
    .send(`${head}${logs.join('')}`);
});
app.get('/page.css', (_request, response) => {
  response.type('css').send(':root{--drs-log-height:12rem}');
});
app.get('/favicon.ico', (_request, response) => void response.status(204).end());
app.get('/drs/client.js', (_request, response) => {
  response.sendFile(process.env['CLIENT_FILE'] ?? '', { dotfiles: 'allow' });
});
app.use('/drs', drsRouter(drs));

const server = createServer(app);
attachSockets(new Server(server, { destroyUpgrade: false }), drs);
server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
