/** Errors as RFC 9457 problem details. */

import { z } from 'zod';
import { DrsError, ValidationError } from '../errors.js';
import type { JsonAnswer } from './answer.js';

/** The body of every error answer. */
export const problemSchema = z.object({
  type: z.string().describe('Always about:blank: `code` tells problems apart.'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('Stable: programs may compare it.'),
  problems: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('What is wrong with the input, each with its place.'),
});

export type ProblemBody = z.infer<typeof problemSchema>;

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  500: 'Internal error',
  502: 'The machine could not be used',
  503: 'Not available',
};

/** An error of the package tells what it knows; any other tells nothing. */
export function toProblem(error: unknown): ProblemBody {
  const known = error instanceof DrsError ? error : internal;
  return {
    type: 'about:blank',
    title: titles[known.status] ?? 'Error',
    status: known.status,
    detail: known.message,
    code: known.code,
    ...(known instanceof ValidationError ? { problems: [...known.problems] } : {}),
  };
}

export function problemAnswer(problem: ProblemBody): JsonAnswer {
  return {
    kind: 'json',
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8' },
    value: problem,
  };
}

const internal = new DrsError('internal', 'Something went wrong here. The log of the server tells more.');
