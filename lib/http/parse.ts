/** Turns input into typed values, or into one error that lists every problem. */

import { z } from 'zod';
import { ValidationError, type Problem } from '../errors.js';

/** The parameters after `?`. @throws ValidationError `unknown_parameter` | `invalid_input` */
export function parseQuery(search: URLSearchParams, schema: z.ZodObject = z.strictObject({})): unknown {
  const input: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of search) {
    if (name in input) throw new ValidationError([{ path: name, message: 'is given more than once' }]);
    input[name] = value;
  }
  const unknown = Object.keys(input).filter((name) => !Object.hasOwn(schema.shape, name));
  if (unknown.length > 0) throw new ValidationError(unknownKeys(unknown, schema), 'unknown_parameter');
  return parse({ ...input }, schema);
}

/** A JSON body; no body is an empty object. @throws ValidationError `invalid_input` */
export function parseBody(body: unknown, schema: z.ZodObject = z.strictObject({})): unknown {
  return parse(body ?? {}, schema);
}

function parse(input: unknown, schema: z.ZodObject): unknown {
  const parsed = schema.safeParse(input, { reportInput: false });
  if (parsed.success) return parsed.data;
  throw new ValidationError(parsed.error.issues.flatMap((issue) => toProblems(issue, schema)));
}

function toProblems(issue: z.core.$ZodIssue, schema: z.ZodObject): Problem[] {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) return unknownKeys(issue.keys, schema);
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [{ path: issue.path.map(String).join('.'), message: isMissing ? 'is required' : issue.message }];
}

function unknownKeys(keys: readonly string[], schema: z.ZodObject): Problem[] {
  const known = Object.keys(schema.shape).join(', ');
  return keys.map((path) => ({
    path,
    message: known ? `is not known here; known are ${known}` : 'is not known here',
  }));
}
