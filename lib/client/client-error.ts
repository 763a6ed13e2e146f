/** What goes wrong when a client asks: an answer that says no, or no answer. */

/** One thing that is wrong with an input, as the server says it. */
export interface ClientProblem {
  path: string;
  message: string;
}

/** An answer that refuses, or none. `code` is the server's stable code, or `connection_failed`, `bad_answer`, `closed`. */
export class DrsClientError extends Error {
  readonly code: string;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly problems: readonly ClientProblem[];

  constructor(
    code: string,
    message: string,
    details: { status?: number; problems?: readonly ClientProblem[]; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'DrsClientError';
    this.code = code;
    this.status = details.status ?? 0;
    this.problems = details.problems ?? [];
  }
}

const statusOfCode: Readonly<Record<string, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  invalid_input: 400,
};

/** A watch that the server refused, in the shape of an HTTP refusal. */
export function refusal(code: string, what: string): DrsClientError {
  return new DrsClientError(code, `${what} was refused: ${code}.`, { status: statusOfCode[code] ?? 500 });
}

/** True for a refusal that asking again will not change. */
export function isLasting(error: unknown): error is DrsClientError {
  if (!(error instanceof DrsClientError)) return false;
  // Not JSON: another application answers there, or a sign-in page.
  return error.code === 'bad_answer' || (error.status >= 400 && error.status < 500 && error.status !== 429);
}
