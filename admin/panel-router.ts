/** The router of the panel: door, assets, and AdminJS's own controllers behind them. */

import type AdminJS from 'adminjs';
import { Router as AdminRoutes, type ActionRequest, type CurrentAdmin } from 'adminjs';
import {
  Router,
  type ErrorRequestHandler,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { DrsError } from '../lib/errors.js';
import type { Internals } from '../lib/internals.js';
import type { RemoteSubmission } from '../lib/remote-submission.js';
import { resolveAdminOptions, type AdminOptions } from './admin-options.js';
import { assetRouter } from './assets.js';
import { currentAdminOf } from './current-admin.js';
import { door, refuseOtherSites, userAt } from './door.js';
import { hardenPage } from './page.js';
import { createPanel } from './panel.js';
import { readPayload } from './read-payload.js';

type AdminRoute = (typeof AdminRoutes)['routes'][number];

/** AdminJS writes absolute paths into its pages, so each mount path needs a panel of its own; few are ever used. */
const maxPanels = 8;
/** What a form may carry beside a program. */
const formBytes = 1024 * 1024;

/** Makes the router. AdminJS itself is built at the first request, which tells where the router is mounted. */
export function panelRouter(
  parts: { drs: RemoteSubmission; internals: Internals },
  givenOptions?: AdminOptions,
): Router {
  const { internals } = parts;
  const options = resolveAdminOptions(givenOptions);
  const panels = new Map<string, AdminJS>();

  const panelAt = (request: Request): AdminJS => {
    const rootPath = options.rootPath ?? request.baseUrl;
    const known = panels.get(rootPath);
    if (known) return known;
    if (panels.size >= maxPanels) panels.clear();
    const panel = createPanel(parts, { ...options, rootPath });
    panels.set(rootPath, panel);
    return panel;
  };

  const router = Router();
  router.use(door(internals, options), assetRouter(), refuseOtherSites);
  for (const route of AdminRoutes.routes) {
    if (route.action === 'bundleComponents') continue;
    const path = route.path.replace(/\{(\w+)\}/g, ':$1') || '/';
    const handler = controllerHandler({
      route,
      panelAt,
      maxBytes: internals.options.limits.programBytes + formBytes,
    });
    if (route.method === 'GET') router.get(path, handler);
    else router.post(path, handler);
  }
  router.use(answerErrors(internals));
  return router;
}

function controllerHandler({
  route,
  panelAt,
  maxBytes,
}: {
  route: AdminRoute;
  panelAt: (request: Request) => AdminJS;
  maxBytes: number;
}): RequestHandler {
  return async (request, response, next) => {
    try {
      const admin = panelAt(request);
      if (isUnknown(admin, request.params as Record<string, string>)) return next();
      const payload = request.method === 'POST' ? await readPayload(request, maxBytes) : {};
      const controller = createController(route, { admin, currentAdmin: currentAdminOf(userAt(request)) });
      const answer = await controller[route.action]?.(actionRequest(request, payload), response);
      if (typeof answer === 'string') sendPage(response, answer);
      else if (answer) response.set('cache-control', 'no-store').json(answer);
    } catch (error) {
      next(error);
    }
  };
}

type Controller = Record<string, (request: ActionRequest, response: Response) => Promise<unknown>>;

/** AdminJS leaves the type of its controllers open. */
function createController(
  route: AdminRoute,
  { admin, currentAdmin }: { admin: AdminJS; currentAdmin: CurrentAdmin },
): Controller {
  const { Controller } = route as {
    Controller: new (parts: { admin: AdminJS }, currentAdmin: CurrentAdmin) => Controller;
  };
  return new Controller({ admin }, currentAdmin);
}

function actionRequest(request: Request, payload: Record<string, unknown>): ActionRequest {
  const { params, query } = request;
  return { params, query, payload, method: request.method.toLowerCase() } as unknown as ActionRequest;
}

/** AdminJS answers 500 for resources and actions that it does not have. */
function isUnknown(admin: AdminJS, { resourceId, action }: Record<string, string | undefined>): boolean {
  if (resourceId === undefined) return false;
  const resource = admin.resources.find((candidate) => candidate.decorate().id() === resourceId);
  if (!resource) return true;
  return action !== undefined && !Object.hasOwn(resource.decorate().actions, action);
}

function sendPage(response: Response, html: string): void {
  const page = hardenPage(html);
  response.set(page.headers).type('html').send(page.html);
}

/** Says in words what DrsErrors say, and nothing about the rest: a database error holds its SQL. */
function answerErrors({ options }: Internals): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line max-params
  return (error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    if (error instanceof DrsError && error.status < 500) {
      return void response.status(error.status).json({ code: error.code, message: error.message });
    }
    options.logger.error({ err: error }, 'The panel could not answer a request.');
    response
      .status(500)
      .json({ code: 'internal', message: 'The panel could not answer. The log of the server says why.' });
  };
}
