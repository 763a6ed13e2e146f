/** The router of the panel: sign-in, assets, and the handlers of `@adminjs/express` behind them. */

import { convertToExpressRoute, routeHandler } from '@adminjs/express';
import type AdminJS from 'adminjs';
import { NotFoundError as AdminNotFoundError, Router as AdminRoutes } from 'adminjs';
import { Router, type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import { DrsError, NotFoundError } from '../lib/errors.js';
import { internalsOf } from '../lib/internals.js';
import type { Logger } from '../lib/logger.js';
import type { RemoteSubmission } from '../lib/remote-submission.js';
import { resolveAdminOptions, type AdminOptions } from './admin-options.js';
import { checkQuery } from './check-query.js';
import { currentAdminOf } from './current-admin.js';
import { refuseOtherSites, userAt } from './require-sign-in.js';
import { signInHandlers } from './sign-in-handlers.js';
import { createPanel } from './panel.js';
import { readPayload } from './read-payload.js';
import { tokenOf } from './sign-in/cookie.js';
import { hardened, shadowOf } from './shadow-request.js';

type AdminRoute = (typeof AdminRoutes)['routes'][number];

/** AdminJS writes absolute paths into its pages, so each mount path needs a panel of its own; few are ever used. */
const maxPanels = 8;
/** What a form may carry beside a program. */
const formBytes = 1024 * 1024;

/** Makes the router. AdminJS itself is built at the first request, which tells where the router is mounted. */
export function panelRouter(drs: RemoteSubmission, givenOptions?: AdminOptions): Router {
  const internals = internalsOf(drs);
  const { limits, logger } = internals.options;
  const options = resolveAdminOptions(givenOptions);
  const panels = new Map<string, AdminJS>();

  const panelAt = (request: Request): AdminJS => {
    const rootPath = options.rootPath ?? request.baseUrl;
    const known = panels.get(rootPath);
    if (known) return known;
    if (panels.size >= maxPanels) panels.clear();
    const panel = createPanel({ ...internals, drs }, { ...options, rootPath });
    panels.set(rootPath, panel);
    return panel;
  };

  const router = Router();
  router.use(
    ...signInHandlers({ services: internals, options, panelAt }),
    refuseOtherSites(internals.origins),
  );
  for (const route of AdminRoutes.routes) {
    if (route.action === 'bundleComponents') continue;
    const path = convertToExpressRoute(route.path) || '/';
    const handler = controllerHandler({
      route,
      panelAt,
      canSignOut: (request) => options.signIn !== null && tokenOf(request) !== null,
      maxBytes: limits.programBytes + formBytes,
    });
    if (route.method === 'GET') router.get(path, handler);
    else router.post(path, handler);
  }
  router.use(answerErrors(logger));
  return router;
}

function controllerHandler({
  route,
  panelAt,
  canSignOut,
  maxBytes,
}: {
  route: AdminRoute;
  panelAt: (request: Request) => AdminJS;
  canSignOut: (request: Request) => boolean;
  maxBytes: number;
}): RequestHandler {
  return async (request, response, next) => {
    try {
      const admin = panelAt(request);
      if (isUnknown(admin, request.params as Record<string, string>)) return next();
      checkQuery(admin, request);
      const fields = request.method === 'POST' ? await readPayload(request, maxBytes) : {};
      const asked = shadowOf(request, {
        adminUser: currentAdminOf(userAt(request), { canSignOut: canSignOut(request) }),
        fields,
      });
      const handle = routeHandler({ admin, route });
      await handle(asked, ...hardened(response, next));
    } catch (error) {
      next(error);
    }
  };
}

/** AdminJS answers 500 for resources and actions that it does not have. */
function isUnknown(admin: AdminJS, { resourceId, action }: Record<string, string | undefined>): boolean {
  if (resourceId === undefined) return false;
  const resource = admin.resources.find((candidate) => candidate.decorate().id() === resourceId);
  if (!resource) return true;
  return action !== undefined && !Object.hasOwn(resource.decorate().actions, action);
}

/** Says in words what DrsErrors say, and nothing about the rest: a database error holds its SQL. */
function answerErrors(logger: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line max-params
  return (thrown: unknown, _request, response, next) => {
    if (response.headersSent) return next(thrown);
    // A selection may hold what is gone by now.
    const error = thrown instanceof AdminNotFoundError ? new NotFoundError('What was selected') : thrown;
    if (error instanceof DrsError && error.status < 500) {
      return void response.status(error.status).json({ code: error.code, message: error.message });
    }
    logger.error({ err: error }, 'The panel could not answer a request.');
    response
      .status(500)
      .json({ code: 'internal', message: 'The panel could not answer. The log of the server says why.' });
  };
}
