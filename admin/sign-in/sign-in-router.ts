/** Signing in and out by AdminJS's own form. */

import type AdminJS from 'adminjs';
import { Router, type Request, type Response } from 'express';
import type { User } from '../../lib/protocol/records.js';
import type { Internals } from '../../lib/internals.js';
import type { SignInOptions } from '../admin-options.js';
import { refuseOtherSites } from '../require-sign-in.js';
import { hardenPage } from '../page.js';
import { readPayload } from '../read-payload.js';
import { clearToken, setToken, tokenOf } from './cookie.js';

/** What is needed of an instance to let somebody in. */
export type SignInServices = Pick<
  Internals,
  'access' | 'endedSessions' | 'identities' | 'origins' | 'signIns'
> & { options: Pick<Internals['options'], 'logger'> };

/** What the form may send. */
const maxBytes = 16 * 1024;
const maxLength = 1000;

interface Parts {
  services: SignInServices;
  signIn: Required<SignInOptions>;
  panelAt: (request: Request) => AdminJS;
  rootPathOf: (request: Request) => string;
}

/** The form, and what it sends. It is served to anybody. */
export function signInRouter({ services, signIn, panelAt, rootPathOf }: Parts): Router {
  const router = Router();
  const { signIns, origins } = services;
  const ownSite = refuseOtherSites(origins);
  router.get('/sign-in', async (request, response, next) => {
    try {
      await sendForm({
        admin: panelAt(request),
        rootPath: rootPathOf(request),
        request,
        response,
        message: null,
      });
    } catch (error) {
      next(error);
    }
  });
  router.post('/sign-in', ownSite, async (request, response, next) => {
    try {
      const { message, status } = await tryToSignIn({ services, signIn }, request, response);
      if (message === null) return response.redirect(303, rootPathOf(request) + wantedPath(request));
      response.status(status);
      await sendForm({ admin: panelAt(request), rootPath: rootPathOf(request), request, response, message });
    } catch (error) {
      next(error);
    }
  });
  router.post('/sign-out', ownSite, async (request, response, next) => {
    try {
      await endSignIn(signIns, request);
      clearToken(request, response);
      response.redirect(303, `${rootPathOf(request)}/sign-in`);
    } catch (error) {
      next(error);
    }
  });
  return router;
}

interface Refusal {
  /** For the form; null: the person came in. */
  message: string | null;
  status: number;
}

const refused = 'The name or the password is wrong, or you may not use this panel.';
const tooMany = 'There were too many tries. Wait a quarter of an hour.';

/** A wrong name, a wrong password and a person without the right to enter get the same answer. */
async function tryToSignIn(
  { services, signIn }: Pick<Parts, 'services' | 'signIn'>,
  request: Request,
  response: Response,
): Promise<Refusal> {
  const { access, endedSessions, identities, signIns } = services;
  const { logger } = services.options;
  const { email, password } = await readPayload(request, maxBytes);
  if (typeof email !== 'string' || typeof password !== 'string') return { message: refused, status: 401 };
  const username = email.slice(0, maxLength);
  const address = request.ip ?? '';
  const here = `${username.toLowerCase()} at ${address}`;
  const limits = [
    { key: here, most: 10 },
    { key: `name ${username.toLowerCase()}`, most: 50 },
    { key: `address ${address}`, most: 100 },
  ];
  if (!(await signIns.mayTry(limits))) {
    logger.warn({ address }, 'Too many tries to sign in to the panel.');
    return { message: tooMany, status: 429 };
  }
  // Before the password is looked at: whoever is shut out meanwhile does not come in.
  const since = await endedSessions.newest();
  const given = await personOf(signIn, { username, password: password.slice(0, maxLength) });
  const user = identities.check(given, 'authenticate()');
  if (!user || !(await access.isAllowed(user, 'panel:enter', null))) {
    logger.warn({ address }, 'A sign-in to the panel was refused.');
    return { message: refused, status: 401 };
  }
  await signIns.forgetTries(here);
  await endSignIn(signIns, request);
  const token = await signIns.begin({ userId: String(user.id), since, lastsMs: signIn.lastsMs });
  setToken(request, response, { token, lastsMs: signIn.lastsMs });
  return { message: null, status: 303 };
}

async function personOf(
  { authenticate }: SignInOptions,
  { username, password }: { username: string; password: string },
): Promise<User | null> {
  if (username === '' || password === '') return null;
  return (await authenticate(username, password)) ?? null;
}

/** What was signed in before, in this browser, is over. */
async function endSignIn(signIns: SignInServices['signIns'], request: Request): Promise<void> {
  const token = tokenOf(request);
  if (token !== null) await signIns.end(token);
}

interface Form {
  admin: AdminJS;
  rootPath: string;
  request: Request;
  response: Response;
  message: string | null;
}

async function sendForm({ admin, rootPath, request, response, message }: Form): Promise<void> {
  // AdminJS writes the address into a script between apostrophes.
  const action = `${rootPath}/sign-in?next=${encodeURIComponent(wantedPath(request))}`;
  const page = await admin.renderLogin({ action: action.replace(/['\\<]/g, ''), errorMessage: message });
  const { html, headers } = hardenPage(page);
  response.set(headers).type('html').send(html);
}

/** Where the visitor wanted to go: a path below the panel, never another site. */
function wantedPath({ query }: Request): string {
  const { next } = query;
  return typeof next === 'string' && /^\/(?![/\\])[\w/?=&.%~+-]*$/.test(next) ? next : '/';
}
