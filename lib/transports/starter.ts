/** A short command line that any login shell passes on to `/bin/sh`, which then reads its script from standard input. */

import { randomBytes } from 'node:crypto';
import { ValidationError } from '../errors.js';

/** What a shell is started with, before it is known for which script. */
export interface Starter {
  /** For a login shell: at most 1,000 bytes. (Dropbear takes 9,000, a word of bsd-csh has 1,024.) */
  command: string;
  /** The same for `/bin/sh` itself. */
  shellArguments: string[];
  /** What each stream begins with, after whatever the login shell has said there. */
  hello: { stdout: Buffer; stderr: Buffer };
  /** What goes to standard input after the hello, never before: start-up files may read there. */
  textOf(body: string): Buffer;
}

/** What is told to the other end to start one script. */
export interface Start extends Starter {
  text: Buffer;
}

/**
 * `$1` is a secret that nothing else over there says: it stands in the hello of each stream and at the end of the text,
 * since half a script must never run when a connection is cut. The end counts, not the length in the first line:
 * `${#1}` would be characters in some shells.
 *
 * `head` costs a process: 1.3 ms. `read` asks for each byte: as much for 3,000, and 5 ms for 12,000. busybox's `head -c`
 * may read beyond what it gives out, so what is written next must wait until the script has said that it reads.
 *
 * Inside single quotes, csh expands `!` and ends at a newline, and fish reads `\'` and `\\`: none of these is in here.
 */
const starter = [
  // bash and mksh would give up reading by it.
  'unset TMOUT;',
  // A shell that may open so few files ends at its first redirection, mostly without a word.
  'case $(ulimit -n) in ([0-9]|1[0-9]) echo "too few open files are allowed here (ulimit -n $(ulimit -n))";exit 96;; esac;',
  'exec 3>&1;set -- "$(',
  'printf "\\036%s 2\\n" "$1" >&2;printf "\\036%s 1\\n" "$1" >&3;',
  'IFS= read -r n;',
  '[ "${n:-0}" -gt 3000 ] && command -v head >/dev/null 2>&1 && exec head -c "$n" 3>&-;',
  'while IFS= read -r l;do printf "%s\\n" "$l";case $l in ("#$1") break;; esac;done',
  ')" "$1";exec 3>&-;',
  'case $1 in (*"#$2") eval "$1";; (*) echo "the script did not arrive whole" >&2;exit 97;; esac',
].join('');

/** Each shell has a secret of its own. */
export function prepareStarter(): Starter {
  const secret = randomBytes(16).toString('hex');
  return {
    command: `exec /bin/sh -c '${starter}' drs ${secret}`,
    shellArguments: ['-c', starter, 'drs', secret],
    hello: { stdout: Buffer.from(`\u001e${secret} 1\n`), stderr: Buffer.from(`\u001e${secret} 2\n`) },
    textOf(body) {
      const text = Buffer.from(`${body}\n#${secret}\n`);
      return Buffer.concat([Buffer.from(`${text.length}\n`), text]);
    },
  };
}

/**
 * The script with its arguments, for any shell.
 * @param script POSIX sh
 * @param args `$1`, `$2`, … of the script, any text without NUL
 * @throws ValidationError `invalid_command` when one of them holds NUL
 */
export function bodyOf(script: string, args: readonly string[]): string {
  const body = `set -- ${args.map(quote).join(' ')}\n${script}`;
  if (body.includes('\0')) {
    const message = 'A script and its arguments cannot hold a NUL character. Send data through stdin.';
    throw new ValidationError([{ path: '', message }], 'invalid_command');
  }
  return body;
}

/** Both for a shell that is started for one script. @throws ValidationError `invalid_command` for a NUL in the script or an argument */
export function prepareStart(script: string, args: readonly string[]): Start {
  const prepared = prepareStarter();
  return { ...prepared, text: prepared.textOf(bodyOf(script, args)) };
}

/** One word for a POSIX shell. */
function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
