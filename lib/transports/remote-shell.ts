/** One command line that carries a script and its arguments through any login shell to `/bin/sh`. */

import { ValidationError } from '../errors.js';

/**
 * The longest single argument that Linux takes is 128 KiB (`MAX_ARG_STRLEN`, execve(2)), and `sshd` hands the
 * command line to the login shell as one argument.
 */
const maxCommandBytes = 128 * 1024 - 1;

/**
 * Decodes `$1` and runs it. It ends in `_`, because `$(…)` would strip newlines at the end of it. Each `$(…)` is a
 * process over there, so the arguments are part of the one text.
 */
const decoder = '_drs_s=$(printf %b "$1"); eval "unset _drs_s;${_drs_s%_}"';

/**
 * A command line that bash, dash, zsh, csh, tcsh, fish and busybox all pass unharmed to `/bin/sh`.
 *
 * Inside single quotes, POSIX shells take everything but the quote as it is; csh also expands `!` and ends
 * at a newline, and fish reads `\'` and `\\`. So these, and all that is not printable ASCII, travel as octal
 * escapes of `printf %b` (POSIX `printf`, APPLICATION USAGE), in which a backslash is always followed by `0`.
 *
 * @param script POSIX sh; it is seen in the process list over there, like the arguments
 * @param args `$1`, `$2`, … of the script, any text without NUL
 * @throws ValidationError `invalid_command` when it holds NUL or is too long for one command line
 */
export function shellCommand(script: string, args: readonly string[]): string {
  const text = `set -- ${args.map(quote).join(' ')}\n${script}_`;
  const command = `exec /bin/sh -c '${decoder}' drs '${encode(text)}'`;
  if (command.length > maxCommandBytes) {
    const message = `A remote command of ${command.length} bytes is longer than ${maxCommandBytes}. Send data through stdin.`;
    throw new ValidationError([{ path: '', message }], 'invalid_command');
  }
  return command;
}

/** One word for a POSIX shell. */
function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function encode(value: string): string {
  if (value.includes('\0')) {
    const message = 'A remote command cannot hold a NUL character. Send data through stdin.';
    throw new ValidationError([{ path: '', message }], 'invalid_command');
  }
  return value.replace(/[^\x20-\x7e]+|['\\!]/gu, (text) =>
    Array.from(Buffer.from(text), (byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join(''),
  );
}
