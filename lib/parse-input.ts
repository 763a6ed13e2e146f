/** Turns input into typed values, or into one error that lists every problem. */

import type { z } from 'zod';
import { ValidationError, type Problem } from './errors.js';

/** @throws ValidationError `invalid_input` */
export function parseInput<Schema extends z.ZodObject>(input: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(withoutUndefined(input), { reportInput: false });
  if (parsed.success) return parsed.data;
  throw new ValidationError(onceEach(parsed.error.issues.flatMap((issue) => toProblems(issue, schema))));
}

/** Two checks of a schema may say the same: a number beyond 2^53 is too high, and no whole number. */
function onceEach(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.path}\0${problem.message}`, problem])).values()];
}

/** What host code names and gives no value to is left out, as TypeScript's optional properties are. Else as it is. */
export function withoutUndefined<Input>(input: Input): Input {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Input;
}

function toProblems(issue: z.core.$ZodIssue, schema: z.ZodObject): Problem[] {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) return unknownKeys(issue.keys, schema);
  if (issue.code === 'invalid_type' && issue.path.length === 0) {
    return [{ path: '', message: 'must be an object' }];
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [{ path: issue.path.map(String).join('.'), message: isMissing ? 'is required' : issue.message }];
}

/** A problem for each name that the schema does not have. */
export function unknownKeys(keys: readonly string[], schema: z.ZodObject): Problem[] {
  const known = Object.keys(schema.shape).join(', ');
  return keys.map((path) => ({
    path,
    message: known ? `is not known here; known are ${known}` : 'is not known here',
  }));
}
