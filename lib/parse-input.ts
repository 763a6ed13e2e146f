/** Turns input into typed values, or into one error that lists every problem. */

import type { z } from 'zod';
import { ValidationError, type Problem } from './errors.js';

/** @throws ValidationError `invalid_input` */
export function parseInput<Schema extends z.ZodObject>(input: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(withoutUndefined(input), { reportInput: false, error: inOurWords });
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
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
    return unknownNames(issue.keys, Object.keys(schema.shape));
  if (issue.code === 'invalid_type' && issue.path.length === 0) {
    return [{ path: '', message: 'must be an object' }];
  }
  return [{ path: issue.path.map(String).join('.'), message: issue.message }];
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** What no schema has words for: the library's own are for programmers. */
function inOurWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is required' : `must be ${kinds[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_union') return 'is of a kind that cannot be used here';
  if (issue.code === 'too_small') return `must ${sizeOf(issue.origin, `at least ${issue.minimum}`)}`;
  if (issue.code === 'too_big') return `must ${sizeOf(issue.origin, `at most ${issue.maximum}`)}`;
  return undefined;
}

function sizeOf(origin: string, bound: string): string {
  if (origin === 'string') return `have ${bound} characters`;
  return origin === 'array' ? `have ${bound} items` : `be ${bound}`;
}

/** So many unknown names are told one by one, and so much of each. */
const mostUnknown = 20;
const mostCharacters = 100;

/** A problem for each name that is none of the known ones; of very many, the first. */
export function unknownNames(names: readonly string[], known: readonly string[]): Problem[] {
  const message = known.length > 0 ? `is not known here; known are ${known.join(', ')}` : 'is not known here';
  const told = names.slice(0, mostUnknown).map((name) => ({ path: name.slice(0, mostCharacters), message }));
  const more = names.length - told.length;
  return more > 0 ? [...told, { path: '', message: `${more} more names are not known here` }] : told;
}
