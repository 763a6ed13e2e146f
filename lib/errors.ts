/** The errors of the package: each has a stable `code` and an HTTP status that fits it. */

/** The parent of every error that this package throws on purpose. */
export class DrsError extends Error {
  /** Stable: programs may compare it. */
  readonly code: string;
  /** The HTTP status that a route answers with. */
  readonly status: number;

  constructor(code: string, message: string, details: { status?: number; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.status = details.status ?? 500;
  }
}

/** One thing that is wrong with an input: where, and what to do. */
export interface Problem {
  /** The property, as in `hostname` or `limits.logBytes`; empty for the whole. */
  path: string;
  message: string;
}

/** Options that cannot work; every problem is listed. */
export class OptionsError extends DrsError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
    super(
      'invalid_options',
      ['Express Remote Submission cannot start with these options:', ...lines].join('\n'),
    );
    this.problems = problems;
  }
}

/** Input from a caller that does not fit; every problem is listed. HTTP 400. */
export class ValidationError extends DrsError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], code = 'invalid_input') {
    super(code, problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '), {
      status: 400,
    });
    this.problems = problems;
  }
}

/** Nobody is signed in. HTTP 401. */
export class UnauthenticatedError extends DrsError {
  constructor() {
    super('unauthenticated', 'Sign in first.', { status: 401 });
  }
}

/** There is no such thing, or the caller may not see it: the answer is the same. HTTP 404. */
export class NotFoundError extends DrsError {
  constructor(what: string) {
    super('not_found', `${what} was not found.`, { status: 404 });
  }
}

/** The caller may see the thing, but not do this to it. HTTP 403. */
export class ForbiddenError extends DrsError {
  constructor(message: string, code = 'forbidden') {
    super(code, message, { status: 403 });
  }
}

/** The state of the thing does not allow it. HTTP 409. */
export class ConflictError extends DrsError {
  constructor(code: string, message: string) {
    super(code, message, { status: 409 });
  }
}

export type TransportErrorCode =
  | 'auth_refused'
  | 'host_key_changed'
  | 'host_key_unapproved'
  | 'host_key_weak'
  | 'algorithms_refused'
  | 'unreachable'
  | 'connection_lost'
  | 'deadline_passed'
  | 'shell_refused'
  | 'shell_silent'
  | 'elsewhere'
  | 'away'
  | 'forwarding_refused'
  | 'key_unusable';

/** A machine could not be reached, or a connection to it was lost. `code` says which. HTTP 502. */
export class TransportError extends DrsError {
  declare readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, cause?: unknown) {
    super(code, message, { status: 502, cause });
  }
}

/** Somebody else holds the attempt now: stop, and touch nothing. */
export class ClaimLostError extends DrsError {
  constructor(attemptId: number) {
    super('claim_lost', `Attempt record ${attemptId} is held by another worker now.`);
  }
}

/** Another attempt is under way in the same directory of the account; its job is named. HTTP 409. */
export class DirectoryInUseError extends DrsError {
  constructor(message: string) {
    super('directory_in_use', message, { status: 409 });
  }
}
