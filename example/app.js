/** The host application: sessions, a sign-in, a page of its own, and Express Remote Submission mounted in it. */

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import express from 'express';
import session from 'express-session';
import { Server } from 'socket.io';
import { attachSockets, drsRouter } from 'express-remote-submission';
import { signInRoutes } from './sign-in.js';

const publicFolder = fileURLToPath(new URL('public', import.meta.url));

/** Who sends a request, in the plugin's words. Sockets are asked about with their handshake request. */
export function identify(request) {
  return request.session?.user ?? null;
}

/**
 * The app as an HTTP server that does not listen yet.
 *
 * @param {import('express-remote-submission').RemoteSubmission} drs
 * @param {{ sessionSecret: string }} options
 */
export function createApp(drs, { sessionSecret }) {
  const app = express();
  const server = createServer(app);
  const io = new Server(server, { destroyUpgrade: false, serveClient: false });

  // The memory store loses its sessions when the process ends, and cannot be shared: right for one process on one
  // machine. With several web processes use a store that they share, such as connect-redis.
  const sessions = session({
    name: 'demo.sid',
    secret: sessionSecret,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', maxAge: 8 * 60 * 60 * 1000 },
  });
  app.disable('x-powered-by');
  app.use(sessions);
  io.engine.use(sessions);

  app.use(
    '/admin',
    lazily(() => adminPanel(drs)),
  );
  app.use('/drs', drsRouter(drs));
  attachSockets(io, drs);

  app.use(securityHeaders);
  app.use(signInRoutes());
  app.get('/', (request, response) => {
    sendPage(response, identify(request) ? 'portal.html' : 'sign-in.html');
  });
  app.get('/sign-in', (_request, response) => sendPage(response, 'sign-in.html'));
  app.get('/me', (request, response) => {
    const user = identify(request);
    response.set('cache-control', 'no-store');
    if (user) response.json(user);
    else response.status(401).json({ detail: 'Sign in first.' });
  });
  app.use('/assets', express.static(publicFolder, { index: false, redirect: false }));
  return { server, io };
}

function sendPage(response, name) {
  response.set('cache-control', 'no-store');
  response.sendFile(name, { root: publicFolder, cacheControl: false });
}

/** AdminJS takes two seconds to load: the panel is made at its first visit. */
async function adminPanel(drs) {
  const { drsAdmin } = await import('express-remote-submission/admin');
  return drsAdmin(drs, { loginPath: '/sign-in' });
}

/** A router that is made when it is needed first. */
function lazily(make) {
  let router;
  return async (request, response, next) => {
    router ??= make();
    try {
      (await router)(request, response, next);
    } catch (error) {
      router = undefined;
      next(error);
    }
  };
}

/** Nothing in the portal's pages is inline or comes from elsewhere. */
function securityHeaders(_request, response, next) {
  response.set({
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  });
  next();
}
