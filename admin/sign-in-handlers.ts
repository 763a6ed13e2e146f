/** What each request to the panel passes first: the sign-in, and the form for it where there is one. */

import type { IncomingMessage } from 'node:http';
import type AdminJS from 'adminjs';
import type { Request, RequestHandler } from 'express';
import type { User } from '../lib/protocol/records.js';
import type { ResolvedAdminOptions } from './admin-options.js';
import { assetRouter } from './assets.js';
import { requireSignIn } from './require-sign-in.js';
import { isUse, signedIn } from './sign-in/signed-in.js';
import { signInRouter, type SignInServices } from './sign-in/sign-in-router.js';

interface SignInDependencies {
  services: SignInServices;
  options: ResolvedAdminOptions;
  panelAt: (request: Request) => AdminJS;
}

/** The host's sign-in, or AdminJS's own form, whose page needs the scripts: these are served to anybody then. */
export function signInHandlers({ services, options, panelAt }: SignInDependencies): RequestHandler[] {
  const { access, identities, signIns } = services;
  const { signIn, loginPath } = options;
  const byHost = (request: IncomingMessage): Promise<User | null> => identities.identify(request);
  if (signIn === null) {
    return [requireSignIn(access, { identify: byHost, signInPath: () => loginPath }), assetRouter()];
  }
  const byForm = (request: IncomingMessage, isUsed: boolean): Promise<User | null> =>
    signedIn({ signIns, signIn, identities }, request, isUsed);
  // The live log comes from the router and the sockets: they know these people too.
  identities.add((request) => byForm(request, false));
  const rootPathOf = ({ baseUrl }: Request): string => options.rootPath ?? baseUrl;
  return [
    assetRouter(),
    signInRouter({ services, signIn, panelAt, rootPathOf }),
    requireSignIn(access, {
      identify: async (request) => (await byForm(request, isUse(request))) ?? byHost(request),
      signInPath: (request) => `${rootPathOf(request)}/sign-in?next=${encodeURIComponent(request.url)}`,
    }),
  ];
}
