/** Reads what a request brings: its parameters and its body. */

import { z } from 'zod';
import { ValidationError } from '../errors.js';
import { parseInput, unknownKeys } from '../parse-input.js';

/** The parameters after `?`. @throws ValidationError `unknown_parameter` | `invalid_input` */
export function parseQuery(search: URLSearchParams, schema: z.ZodObject = z.strictObject({})): unknown {
  const input: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of search) {
    if (name in input) throw new ValidationError([{ path: name, message: 'is given more than once' }]);
    input[name] = value;
  }
  const unknown = Object.keys(input).filter((name) => !Object.hasOwn(schema.shape, name));
  if (unknown.length > 0) throw new ValidationError(unknownKeys(unknown, schema), 'unknown_parameter');
  return parseInput({ ...input }, schema);
}

/** A JSON body; no body is an empty object. @throws ValidationError `invalid_input` */
export function parseBody(body: unknown, schema: z.ZodObject = z.strictObject({})): unknown {
  return parseInput(body ?? {}, schema);
}
