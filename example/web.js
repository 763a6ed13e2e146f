/** The web process: `node example/web.js`. It reads DATABASE_URL, REDIS_URL, DRS_SECRET, SESSION_SECRET and PORT. */

import { once } from 'node:events';
import { createRemoteSubmission, optionsFromEnvironment } from 'express-remote-submission';
import { createApp, identify } from './app.js';
import { onStop } from './on-stop.js';
import { findUser } from './users.js';

const drs = createRemoteSubmission({
  ...optionsFromEnvironment(),
  identify,
  resolveUser: findUser,
  // People have the accounts of their own names there. Without this the app's key does not sign in as `admin`, which on
  // many machines is an account of the system.
  mapUsername: ({ username }) => username,
});
const { server, io } = createApp(drs, { sessionSecret: process.env.SESSION_SECRET });

onStop(async () => {
  await io.close();
  server.closeAllConnections();
  await drs.close();
});

server.listen(Number(process.env.PORT), '127.0.0.1');
await once(server, 'listening');
process.send?.({ ready: true });
