/** Serves the route table from an Express router, 4 or 5: the only file that knows both. */

import type { IRouter, NextFunction, Request, Response } from 'express';
import { DrsError, NotFoundError, UnauthenticatedError } from '../errors.js';
import { internalsOf } from '../internals.js';
import type { Logger } from '../logger.js';
import type { RemoteSubmission } from '../remote-submission.js';
import type { StreamTiming } from './event-streams.js';
import { problemAnswer, toProblem } from './problems.js';
import { createBodyReader } from './read-body.js';
import type { Route, RouteRequest } from './route.js';
import { createRouteServices } from './route-services.js';
import { sendAnswer } from './send-answer.js';
import { page } from './views.js';

/** What requests are served with. */
export interface Service {
  readonly drs: RemoteSubmission;
  /** Resolves when the tables are there. */
  ready: () => Promise<void>;
  timing?: Partial<StreamTiming>;
}

interface Exchange {
  request: Request;
  response: Response;
}

interface ErrorContext extends Exchange {
  /** None, where no route serves the address. */
  route?: Route;
  logger: Logger;
}

/** Adds the routes to the router. Express 4 does not wait for promises: each is caught here. */
export function serveRoutes(router: IRouter, routes: readonly Route[], service: Service): void {
  const { logger } = internalsOf(service.drs).options;
  const toRouteRequest = createRequestReader(service);
  const serve = (route: Route, exchange: Exchange): void => {
    settle({ ...exchange, route, logger }, async () => {
      const request = await toRouteRequest(exchange);
      if (request.user) await service.ready();
      await sendAnswer(await route.run(request), exchange);
    });
  };
  const refuse = (exchange: Exchange, error: () => DrsError): void => {
    settle({ ...exchange, logger }, async () => {
      const { user } = await toRouteRequest(exchange);
      throw user ? error() : new UnauthenticatedError();
    });
  };
  for (const route of routes) {
    router[route.method](route.path, (request: Request, response: Response) => {
      serve(route, { request, response });
    });
  }
  router.use((request: Request, response: Response, next: NextFunction) => {
    const allowed = methodsOf(routes, request.path);
    // At the root of the site, other paths are the host's.
    if (allowed.length === 0 && request.baseUrl === '') return next();
    if (allowed.length > 0) response.setHeader('Allow', allowed.join(', '));
    refuse({ request, response }, () => unserved(request, allowed));
  });
  // A path that cannot be decoded ends here. Express knows error handlers by their four parameters.
  // eslint-disable-next-line max-params
  router.use((_error: unknown, request: Request, response: Response, _next: NextFunction) => {
    refuse({ request, response }, () => new NotFoundError('This address'));
  });
}

/** Every request is answered or cut, and none ends the process. */
function settle(context: ErrorContext, work: () => Promise<void>): void {
  const { request, response, logger } = context;
  work()
    .catch((error: unknown) => sendError(error, context))
    .catch((error: unknown) => {
      logger.error({ err: error, path: request.path }, 'an error could not be answered');
      response.destroy();
    });
}

function createRequestReader({ drs, timing }: Service): (exchange: Exchange) => Promise<RouteRequest> {
  const services = createRouteServices(drs, timing);
  const { identities, origins, options } = internalsOf(drs);
  const readBody = createBodyReader(options.limits.programBytes);
  return async ({ request, response }) => {
    origins.meet(request);
    return {
      ...services,
      identifyAnew: () => identities.identifyAnew(request),
      user: await identities.identify(request),
      params: request.params as Record<string, string | undefined>,
      search: searchOf(request.originalUrl),
      headers: request.headers,
      requireOwnOrigin: () => origins.require(request),
      baseUrl: request.baseUrl,
      path: request.path,
      readBody: () => readBody(request, response),
    };
  };
}

/** What comes after `?`. A request may hold a whole address, also of a host that is none. */
function searchOf(address: string): URLSearchParams {
  const start = address.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : address.slice(start));
}

/** An error as a problem, or as a page for people. What nobody foresaw is logged, and says nothing outside. */
async function sendError(error: unknown, { request, response, route, logger }: ErrorContext): Promise<void> {
  const problem = toProblem(error);
  const isCut = (error as NodeJS.ErrnoException | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
  if (problem.status >= 500 && !isCut) {
    logger.error({ err: error, method: request.method, path: request.path }, 'a request failed');
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const isPage = route?.isPage === true && request.accepts(['json', 'html']) === 'html';
  const values = { title: problem.title, detail: problem.detail };
  const answer = isPage ? await page('error.html', values, problem.status) : problemAnswer(problem);
  await sendAnswer(answer, { request, response });
}

function unserved(request: Request, allowed: readonly string[]): DrsError {
  if (allowed.length === 0) return new NotFoundError('This address');
  const message = `${request.method} does not work here; ${allowed.join(', ')} does.`;
  return new DrsError('method_not_allowed', message, { status: 405 });
}

function methodsOf(routes: readonly Route[], path: string): string[] {
  const served = routes.filter((route) => {
    const pattern = route.path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+');
    return new RegExp(`^${pattern}/?$`, 'i').test(path);
  });
  return served.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
}
