/** How the command `drs` fails: a sentence on stderr, no stack trace. */

import { DrsError } from '../errors.js';
import { exitCodes } from './exit-code.js';

/** Something that the caller of `drs` can put right. */
export class CommandError extends DrsError {
  constructor(message: string, cause?: unknown) {
    super('command_failed', message, { cause });
  }
}

/** Says what went wrong, and gives the exit code. With DEBUG set, the stack trace too. */
export function failed(error: unknown): number {
  process.stderr.write(`drs: ${sentenceOf(error)}\n`);
  if (process.env['DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCodes.failed;
}

/** The part of a Sequelize error that is used. */
interface DatabaseFailure extends Error {
  original?: { code?: string; message?: string };
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { original } = error as DatabaseFailure;
  // 42P01 is PostgreSQL's undefined_table.
  if (original?.code === '42P01') return 'The tables are not there yet. Run `drs migrate` first.';
  if (/^Sequelize(Connection|HostNot|AccessDenied|InvalidConnection)/.test(error.name)) {
    const reason = [original?.code, original?.message].filter(Boolean).join(', ') || error.message;
    return `Cannot use the database of DATABASE_URL: ${reason}. Is it running, and is the address right?`;
  }
  return error.message || error.name;
}
