/** What stands before the panel: the door, and the form for signing in where there is one. */

import type { IncomingMessage } from 'node:http';
import type AdminJS from 'adminjs';
import type { Request, RequestHandler } from 'express';
import type { User } from '../lib/protocol/records.js';
import type { Internals } from '../lib/internals.js';
import type { ResolvedAdminOptions } from './admin-options.js';
import { assetRouter } from './assets.js';
import { door } from './door.js';
import { isUse, signedIn } from './sign-in/signed-in.js';
import { signInRouter } from './sign-in/sign-in-router.js';

interface Parts {
  internals: Internals;
  options: ResolvedAdminOptions;
  panelAt: (request: Request) => AdminJS;
}

/** The host's sign-in, or AdminJS's own form, whose page needs the scripts: these are served to anybody then. */
export function entrance({ internals, options, panelAt }: Parts): RequestHandler[] {
  const { identities, signIns } = internals;
  const { signIn, loginPath } = options;
  const byHost = (request: IncomingMessage): Promise<User | null> => identities.identify(request);
  if (signIn === null) {
    return [door(internals, { identify: byHost, signInPath: () => loginPath }), assetRouter()];
  }
  const byForm = (request: IncomingMessage, isUsed: boolean): Promise<User | null> =>
    signedIn({ signIns, signIn, identities }, request, isUsed);
  // The live log comes from the router and the sockets: they know these people too.
  identities.add((request) => byForm(request, false));
  const rootPathOf = ({ baseUrl }: Request): string => options.rootPath ?? baseUrl;
  return [
    assetRouter(),
    signInRouter({ internals, signIns, signIn, panelAt, rootPathOf }),
    door(internals, {
      identify: async (request) => (await byForm(request, isUse(request))) ?? byHost(request),
      signInPath: (request) => `${rootPathOf(request)}/sign-in?next=${encodeURIComponent(request.url)}`,
    }),
  ];
}
