/** Who may use the panel, and from which site. */

import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { User } from '../lib/protocol/records.js';
import { ForbiddenError } from '../lib/errors.js';
import type { Access } from '../lib/access.js';
import type { OriginRule } from '../lib/origins.js';
import { messagePage } from './message-page.js';

const users = new WeakMap<IncomingMessage, User>();

/** Who sends this request. @throws TypeError when `requireSignIn` was not asked */
export function userAt(request: IncomingMessage): User {
  const user = users.get(request);
  if (!user) throw new TypeError('This request did not pass requireSignIn().');
  return user;
}

interface SignInRule {
  identify(request: IncomingMessage): Promise<User | null>;
  /** Where visitors sign in who are not; null: nowhere. */
  signInPath(request: Request): string | null;
}

/**
 * Lets in whom `identify` knows and whom `panel:enter` allows. Nobody signed in: 401, or a redirect to where one signs
 * in. Not allowed: 404, as if there were no panel.
 */
export function requireSignIn(access: Access, { identify, signInPath }: SignInRule): RequestHandler {
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

/** Refuses what a page of another site sends in the visitor's name: pages are told as pages, programs as data. */
export function refuseOtherSites(origins: OriginRule): RequestHandler {
  return (request, response, next) => {
    origins.meet(request);
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    try {
      origins.require(request);
    } catch (error) {
      return error instanceof ForbiddenError ? tell(error, request, response) : next(error);
    }
    next();
  };
}

function tell({ code, message, status }: ForbiddenError, request: Request, response: Response): void {
  response.status(status);
  if (request.accepts(['json', 'html']) === 'json') response.json({ code, message });
  else response.type('html').send(messagePage('This came from another site', message));
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
