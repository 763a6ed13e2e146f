/** What a route is, and the steps that each request takes: sign-in, rights, input, handler. */

import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { AccessRecord, Action } from '../access.js';
import type { User } from '../protocol/records.js';
import { UnauthenticatedError, ValidationError } from '../errors.js';
import type { Models } from '../models/model-types.js';
import { parseInput, unknownNames } from '../parse-input.js';
import type { Answer } from './answer.js';
import type { RoutePath } from '../protocol/paths.js';
import type { RouteServices } from './route-services.js';

export type Method = 'get' | 'post' | 'patch' | 'delete';

/** A request as routes see it. The adapter makes it; nothing behind it knows Express. */
export interface RouteRequest extends RouteServices {
  readonly user: User | null;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly search: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** @throws ForbiddenError `cross_site` when a page of another site sent it */
  requireOwnOrigin: () => void;
  /** Where the router is mounted; empty at the root. */
  readonly baseUrl: string;
  /** The path below the mount, as in `/jobs/42`. */
  readonly path: string;
  /** Who sends the request, by the session as it is now: a long answer outlives one. */
  identifyAnew: () => Promise<User | null>;
  /** The parsed JSON body; undefined when there is none. @throws DrsError 400, 413, 415 */
  readBody: () => Promise<unknown>;
}

/** What a handler gets: the request with everything checked. */
export interface RouteContext<Query = unknown, Body = unknown, Target = unknown> extends Omit<
  RouteRequest,
  'user' | 'search' | 'readBody' | 'params' | 'access' | 'checkHealth'
> {
  readonly user: User;
  readonly query: Query;
  readonly body: Body;
  /** What `:id` names. */
  readonly target: Target;
}

/** Finds what `:id` names, and the record that rights are asked about. @throws NotFoundError */
export type LoadTarget<Target> = (
  models: Models,
  id: string | undefined,
) => Promise<{ target: Target; record: AccessRecord; what: string }>;

/** One possible answer, as documentation. No schema: not JSON. */
export interface AnswerDescription {
  description: string;
  schema?: z.ZodType;
  contentType?: string;
}

/** The part of a route that is data: what documentation and tests read. */
export interface RouteDescription {
  readonly method: Method;
  readonly path: RoutePath;
  readonly summary: string;
  /** What somebody needs the right to do; null: being signed in is enough, lists leave out what may not be seen. */
  readonly action: Action | null;
  /** Served to anybody: for what holds no data. */
  readonly isPublic: boolean;
  /** Answers people: errors are pages too where the browser prefers HTML. */
  readonly isPage: boolean;
  /** Goes on and on, as a socket does, and is as choosy: for pages of this site, and of the option `origins`. */
  readonly isStream?: boolean;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** By HTTP status, the good ones. */
  readonly answers: Readonly<Record<number, AnswerDescription>>;
}

/** A row of the route table. */
export interface Route extends RouteDescription {
  run(request: RouteRequest): Promise<Answer>;
}

/** A route for people who are signed in. */
export interface RouteDefinition<
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodObject = z.ZodObject,
  Target = undefined,
> extends Omit<RouteDescription, 'action' | 'isPublic' | 'isPage'> {
  action?: Action;
  isPage?: boolean;
  query?: Query;
  body?: Body;
  load?: LoadTarget<Target>;
  handle: (context: RouteContext<z.output<Query>, z.output<Body>, Target>) => Promise<Answer> | Answer;
}

/** A route that serves anybody. */
export interface PublicRouteDefinition extends Omit<RouteDescription, 'action' | 'isPublic' | 'isPage'> {
  handle: (request: RouteRequest) => Promise<Answer> | Answer;
}

/**
 * Makes a row of the route table. The order of the steps is the contract: somebody who is not signed in learns
 * nothing else, and somebody who may not see a record learns it before the input is looked at.
 */
export function defineRoute<Query extends z.ZodObject, Body extends z.ZodObject, Target = undefined>(
  definition: RouteDefinition<Query, Body, Target>,
): Route {
  const { action = null, isPage = false, load, handle, ...description } = definition;
  const isUnsafe = description.method !== 'get';
  return {
    ...description,
    action,
    isPage,
    isPublic: false,
    async run(request) {
      const { user } = request;
      if (!user) throw new UnauthenticatedError();
      if (isUnsafe || description.isStream) request.requireOwnOrigin();
      const found = await load?.(request.drs.models, request.params.id);
      if (action) {
        const asked = { record: found?.record ?? null, what: found?.what ?? 'this' };
        await request.access.require(user, action, asked);
      }
      const query = parseQuery(request.search, description.query) as z.output<Query>;
      const body = parseInput(
        (isUnsafe ? await request.readBody() : undefined) ?? {},
        description.body ?? nothing,
      ) as z.output<Body>;
      return handle({ ...request, user, query, body, target: found?.target as Target });
    },
  };
}

/** No parameters, or an empty body. */
const nothing = z.strictObject({});

/** The parameters after `?`. @throws ValidationError `unknown_parameter` | `invalid_input` */
function parseQuery(search: URLSearchParams, schema: z.ZodObject = nothing): unknown {
  const input: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of search) {
    if (name in input) throw new ValidationError([{ path: name, message: 'is given more than once' }]);
    input[name] = value;
  }
  const unknown = Object.keys(input).filter((name) => !Object.hasOwn(schema.shape, name));
  if (unknown.length > 0) {
    throw new ValidationError(unknownNames(unknown, Object.keys(schema.shape)), 'unknown_parameter');
  }
  return parseInput({ ...input }, schema);
}

/** Makes a row of the route table that serves anybody. */
export function definePublicRoute(definition: PublicRouteDefinition): Route {
  const { handle, ...description } = definition;
  return {
    ...description,
    action: null,
    isPage: false,
    isPublic: true,
    run: async (request) => handle(request),
  };
}
