/** The web process: `node example/web.js`. */

import { once } from 'node:events';
import { createRemoteSubmission } from 'express-remote-submission';
import { createApp, identify } from './app.js';
import { onStop, sharedOptions } from './settings.js';

const drs = createRemoteSubmission({ ...sharedOptions(), identify });
const { server, io } = createApp(drs, { sessionSecret: process.env.SESSION_SECRET });

server.listen(Number(process.env.PORT), '127.0.0.1');
await once(server, 'listening');

onStop(async () => {
  await io.close();
  server.closeAllConnections();
  await drs.close();
});

process.send?.({ ready: true });
