/** Signing in and out with a session cookie: forms are redirected, programs get JSON. */

import express, { Router } from 'express';
import { checkPassword } from './users.js';

const MAX_FAILURES = 20;
const FORGET_AFTER_MS = 60_000;

/** `POST /login` with `username` and `password`, and `POST /logout`. */
export function signInRoutes() {
  const router = Router();
  const failures = countFailures();
  const body = [express.urlencoded({ extended: false, limit: '10kb' }), express.json({ limit: '10kb' })];

  router.use(['/login', '/logout'], refuseOtherSites);

  router.post('/login', body, async (request, response) => {
    const { username, password } = request.body ?? {};
    const isJson = Boolean(request.is('json'));
    if (failures.of(request.ip) >= MAX_FAILURES) {
      return refuse(response, isJson, 429, 'Too many wrong passwords. Wait a minute.');
    }
    const user = await checkPassword(username, password);
    if (!user) {
      failures.add(request.ip);
      return refuse(response, isJson, 401, 'This user name and password do not fit.');
    }
    // A new session id: one that somebody planted before the sign-in is worth nothing.
    await regenerate(request);
    request.session.user = user;
    await save(request);
    if (isJson) response.json({ user });
    else response.redirect(303, '/');
  });

  router.post('/logout', async (request, response) => {
    await new Promise((resolve, reject) =>
      request.session.destroy((error) => (error ? reject(error) : resolve(undefined))),
    );
    response.clearCookie('demo.sid');
    if (request.accepts(['html', 'json']) === 'html') response.redirect(303, '/');
    else response.status(204).end();
  });

  return router;
}

/** Browsers say where a request comes from; a form on another site may not sign anybody in or out. */
function refuseOtherSites(request, response, next) {
  const site = request.get('sec-fetch-site');
  if (site === undefined || site === 'same-origin' || site === 'none') next();
  else response.status(403).json({ detail: 'This request came from another site.' });
}

function refuse(response, isJson, status, detail) {
  if (isJson) response.status(status).json({ detail });
  else response.redirect(303, `/?problem=${status === 429 ? 'wait' : 'password'}`);
}

/** Wrong passwords of each address within the last minute. Several web processes would count in Redis. */
function countFailures() {
  const counts = new Map();
  return {
    of(address) {
      const entry = counts.get(address);
      return entry && entry.until > Date.now() ? entry.count : 0;
    },
    add(address) {
      if (counts.size > 10_000) counts.clear();
      counts.set(address, { count: this.of(address) + 1, until: Date.now() + FORGET_AFTER_MS });
    },
  };
}

function regenerate(request) {
  return new Promise((resolve, reject) =>
    request.session.regenerate((error) => (error ? reject(error) : resolve())),
  );
}

function save(request) {
  return new Promise((resolve, reject) =>
    request.session.save((error) => (error ? reject(error) : resolve())),
  );
}
