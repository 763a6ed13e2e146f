/**
 * A host that has an AdminJS of its own, with the resources of this package in it at `/host`, and the package's panel
 * beside it at `/admin`; in a process of its own, with the package as built. It prints its address.
 */

import { createServer } from 'node:http';
import AdminJS from 'adminjs';
import AdminJSExpress from '@adminjs/express';
import express from 'express';
import { Server as SocketServer } from 'socket.io';
import {
  attachSockets,
  createRemoteSubmission,
  drsRouter,
  optionsFromEnvironment,
} from 'express-remote-submission';
import { drsAdmin, drsAdminResources } from 'express-remote-submission/admin';

const admin = { id: 1, username: process.env.ADMIN_NAME, isAdmin: true };
const identify = ({ headers }) => (headers.cookie?.includes(`user=${admin.username}`) ? admin : null);
const drs = createRemoteSubmission({ ...optionsFromEnvironment(), identify });

const own = new AdminJS({
  rootPath: '/host',
  loginPath: '/host/login',
  logoutPath: '/host/logout',
  resources: drsAdminResources(drs),
});
await own.initialize();
// The router would bundle once more, and nobody could tell when that is done.
own.initialize = async () => undefined;

async function authenticate(email, _password, { res }) {
  if (email !== admin.username) return null;
  res.append('set-cookie', `user=${email}; Path=/; HttpOnly; SameSite=Lax`);
  return { ...admin, email };
}
const panel = AdminJSExpress.buildAuthenticatedRouter(
  own,
  { authenticate, cookieName: 'host', cookiePassword: 'at least thirty-two characters long' },
  null,
  { secret: 'another secret', resave: false, saveUninitialized: true },
);

const app = express();
app.use('/host', panel);
app.use('/admin', drsAdmin(drs, { loginPath: '/host/login' }));
app.use('/drs', drsRouter(drs));
const server = createServer(app);
attachSockets(new SocketServer(server, { destroyUpgrade: false, serveClient: false }), drs);
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
