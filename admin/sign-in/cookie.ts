/** The cookie that says who is signed in by the panel's own form. */

import type { IncomingMessage } from 'node:http';
import type { CookieOptions, Request, Response } from 'express';

const name = 'drs_sign_in';

/** The token of a request; a token is made of these characters alone. */
export function tokenOf({ headers }: IncomingMessage): string | null {
  return new RegExp(`(?:^|;\\s*)${name}=([\\w-]{43})(?:;|$)`).exec(headers.cookie ?? '')?.[1] ?? null;
}

/** No script reads it, no other site's form sends it; over HTTPS it never goes out in clear. */
export function setToken(request: Request, response: Response, value: { token: string; lastsMs: number }) {
  response.cookie(name, value.token, { ...optionsFor(request), maxAge: value.lastsMs });
}

export function clearToken(request: Request, response: Response): void {
  response.clearCookie(name, optionsFor(request));
}

/** For the whole site: the live log comes from the router, which is mounted elsewhere. */
function optionsFor(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: request.secure };
}
