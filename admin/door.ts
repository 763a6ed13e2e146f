/** The door of the panel: who comes in, and from which site. */

import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { User } from '../lib/core/records.js';
import type { Internals } from '../lib/internals.js';
import { messagePage } from './message-page.js';

const users = new WeakMap<IncomingMessage, User>();

/** The person that the door let in with this request. @throws TypeError when the door was not asked */
export function userAt(request: IncomingMessage): User {
  const user = users.get(request);
  if (!user) throw new TypeError('This request did not come through the door of the panel.');
  return user;
}

interface Doorkeeper {
  identify(request: IncomingMessage): Promise<User | null>;
  /** Where visitors sign in who are not; null: nowhere. */
  signInPath(request: Request): string | null;
}

/**
 * Lets in whom `identify` knows and whom `panel:enter` allows. Nobody signed in: 401, or a redirect to where one signs
 * in. Not allowed: 404, as if there were no panel.
 */
export function door({ access }: Internals, { identify, signInPath }: Doorkeeper): RequestHandler {
  return async (request, response, next) => {
    try {
      const user = await identify(request);
      if (!user) return askToSignIn(request, response, signInPath(request));
      if (!(await access.isAllowed(user, 'panel:enter', null))) return refuse(response);
      users.set(request, user);
      next();
    } catch (error) {
      next(error);
    }
  };
}

/**
 * Refuses what another site's page sends in the visitor's name. Browsers say in `Sec-Fetch-Site` (older ones in
 * `Origin`) where a request comes from; a client that sends neither is no browser and carries no foreign cookie.
 */
export function refuseOtherSites(request: Request, response: Response, next: NextFunction): void {
  if (request.method === 'GET' || request.method === 'HEAD' || isFromHere(request)) return next();
  response
    .status(403)
    .json({ code: 'other_site', message: 'This request came from another site, and was refused.' });
}

function isFromHere(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('origin');
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.get('host');
}

function askToSignIn(request: Request, response: Response, signInPath: string | null): void {
  const isPage = request.method === 'GET' && request.accepts(['json', 'html']) === 'html';
  if (isPage && signInPath !== null) return response.redirect(302, signInPath);
  response.status(401);
  if (!isPage) return void response.json({ code: 'unauthenticated', message: 'Sign in first.' });
  response.type('html').send(messagePage('Sign in first', 'This panel is for people who are signed in.'));
}

function refuse(response: Response): void {
  response.status(404).type('html').send(messagePage('Not found', 'There is nothing here.'));
}
