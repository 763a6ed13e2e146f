/** A logger that writes what an error says, and not what else hangs on it. */

/** The part of a pino logger that is used. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/**
 * Wraps the host's logger. Errors of Sequelize carry the SQL and the values of a query, errors of body parsers the
 * body: both may hold programs and passwords, and pino writes every property of an error.
 */
export function plainLogger(logger: Logger): Logger {
  const plain =
    (level: keyof Logger) =>
    (details: object, message: string): void =>
      logger[level](withPlainError(details), message);
  return { debug: plain('debug'), info: plain('info'), warn: plain('warn'), error: plain('error') };
}

function withPlainError(details: object): object {
  return 'err' in details ? { ...details, err: describe(details.err) } : details;
}

function describe(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? { code: String(error.code) } : {};
  return { type: name, message, ...code, stack, ...(cause === undefined ? {} : { cause: describe(cause) }) };
}
