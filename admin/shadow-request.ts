/** What the handlers of `@adminjs/express` get in place of a request, and what becomes of their answers. */

import type { CurrentAdmin } from 'adminjs';
import type { NextFunction, Request, Response } from 'express';
import { hardenPage } from './page.js';

/**
 * The request with the user and the form where `@adminjs/express` looks for them. They are set on an object above the
 * request, so that the host's own session neither changes nor reaches AdminJS.
 */
export function shadowOf(
  request: Request,
  { adminUser, fields }: { adminUser: CurrentAdmin; fields: Record<string, unknown> },
): Request {
  const own = { session: { adminUser }, fields, files: {} };
  return Object.assign(Object.create(request) as Request, own);
}

/** The response and `next` for one handler: what it sends as text is a page and goes out hardened, the rest is data. */
export function hardened(response: Response, next: NextFunction): [Response, NextFunction] {
  const { send } = response;
  response.send = (body: unknown) => {
    response.send = send;
    response.set('cache-control', 'no-store');
    if (typeof body !== 'string') return response.json(body);
    const { html, headers } = hardenPage(body);
    return response.set(headers).type('html').send(html);
  };
  const goOn = (error?: unknown): void => {
    response.send = send;
    next(error);
  };
  return [response, goOn as NextFunction];
}
