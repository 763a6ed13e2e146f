/** The OpenAPI 3.1 description, made from the schemas that validate. */

import { z } from 'zod';
import { problemSchema } from './problems.js';
import type { AnswerDescription, RouteDescription } from './route.js';

type JsonSchema = Record<string, unknown>;

/** https://spec.openapis.org/oas/v3.1.1.html */
export function describeRoutes(routes: readonly RouteDescription[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Express Remote Submission',
      version: '1',
      description: 'Programs, run on remote machines.',
    },
    // Relative to this document, which lies at the mount.
    servers: [{ url: '.' }],
    paths,
    components: { schemas: { Problem: schemaOf(problemSchema, 'output') } },
  };
}

function operation(route: RouteDescription): object {
  return {
    summary: route.summary,
    operationId: `${route.method}${route.path.replace(/\W+(\w)/g, (_match, letter: string) => letter.toUpperCase())}`,
    ...(route.isPublic ? { security: [] } : {}),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body
      ? { requestBody: { content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, answer]) => [status, response(answer)]),
      ),
      default: {
        description: 'A problem (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function pathParameters({ path }: RouteDescription): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  }));
}

function queryParameters({ query }: RouteDescription): object[] {
  if (!query) return [];
  const { properties = {} } = schemaOf(query, 'output') as { properties?: Record<string, JsonSchema> };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

function response({ description, schema, contentType }: AnswerDescription): object {
  if (schema) return { description, content: { 'application/json': { schema: schemaOf(schema, 'output') } } };
  return contentType ? { description, content: { [contentType]: {} } } : { description };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const described: JsonSchema = z.toJSONSchema(schema, { io });
  delete described.$schema;
  return described;
}
