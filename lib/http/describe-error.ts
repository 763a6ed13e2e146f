/** Errors for the log. */

/** What an error says, without what else hangs on it: Sequelize's carry the values of a query, such as programs. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return { type: error.name, message: error.message, stack: error.stack };
}
