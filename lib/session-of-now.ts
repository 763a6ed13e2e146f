/** The session that a host keeps for a request that goes on and on: asked of the host's store anew. */

import type { IncomingMessage } from 'node:http';

/** Of express-session and what is like it. Source: https://expressjs.com/en/resources/middleware/session.html */
interface HostSession {
  cookie?: unknown;
  reload?(callback: (error?: unknown) => void): unknown;
}

type WithSession = IncomingMessage & { session?: HostSession | null };

/** How long the host's store may take. */
const mostMs = 5_000;
const signedOut = new WeakSet<IncomingMessage>();

/**
 * The request with its session as it is now; without session and `user`, when the store does not have it any more. A
 * session that holds nothing identifies nobody, and may never have been stored.
 */
export async function withSessionOfNow(request: IncomingMessage): Promise<IncomingMessage> {
  const { session } = request as WithSession;
  if (!signedOut.has(request)) {
    if (!session?.reload || Object.keys(session).every((name) => name === 'cookie')) return request;
    if (await reload(session)) return request;
    signedOut.add(request);
    // Some middleware would store it again at the end of the answer.
    (request as WithSession).session = undefined;
  }
  const nothing = { session: { value: {} }, user: { value: undefined } };
  return Object.create(request, nothing) as IncomingMessage;
}

function reload(session: HostSession): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), mostMs).unref();
    const settle = (isThere: boolean): void => {
      clearTimeout(timer);
      resolve(isThere);
    };
    try {
      session.reload?.((error) => settle(!error));
    } catch {
      settle(false);
    }
  });
}
