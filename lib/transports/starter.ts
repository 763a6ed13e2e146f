/** A short command line that any login shell passes on to `/bin/sh`, which then reads its script from standard input. */

import { randomBytes } from 'node:crypto';
import { ValidationError } from '../errors.js';

/** What is told to the other end to start one script. */
export interface Start {
  /** For a login shell: at most 1,000 bytes, whatever the script. (Dropbear takes 9,000, a word of bsd-csh has 1,024.) */
  command: string;
  /** The same for `/bin/sh` itself. */
  shellArguments: string[];
  /** What each stream begins with, after whatever the login shell has said there. */
  hello: { stdout: Buffer; stderr: Buffer };
  /** Goes to standard input after the hello, never before: start-up files may read there. */
  text: Buffer;
}

/**
 * `$1` is the length of the text in bytes, `$2` a secret that nothing else over there says: it stands in the hello of
 * each stream and at the end of the text, since half a script must never run when a connection is cut. The end counts,
 * not the length: `${#1}` would be characters in some shells.
 *
 * `head` costs a process: 1.3 ms. `read` asks for each byte: as much for 3,000, and 5 ms for 12,000. busybox's `head -c`
 * may read beyond what it gives out, so what is written next must wait until the script has said that it reads.
 *
 * Inside single quotes, csh expands `!` and ends at a newline, and fish reads `\'` and `\\`: none of these is in here.
 */
const starter = [
  // bash and mksh would give up reading by it.
  'unset TMOUT;exec 3>&1;set -- "$(',
  'printf "\\036%s 2\\n" "$2" >&2;printf "\\036%s 1\\n" "$2" >&3;',
  '[ "$1" -gt 3000 ] && command -v head >/dev/null 2>&1 && exec head -c "$1" 3>&-;',
  'while IFS= read -r l;do printf "%s\\n" "$l";case $l in ("#$2") break;; esac;done',
  ')" "$2";exec 3>&-;',
  'case $1 in (*"#$2") eval "$1";; (*) echo "the script did not arrive whole" >&2;exit 97;; esac',
].join('');

/**
 * @param script POSIX sh
 * @param args `$1`, `$2`, … of the script, any text without NUL
 * @throws ValidationError `invalid_command` when one of them holds NUL
 */
export function prepareStart(script: string, args: readonly string[]): Start {
  const secret = randomBytes(16).toString('hex');
  const whole = `set -- ${args.map(quote).join(' ')}\n${script}\n#${secret}\n`;
  if (whole.includes('\0')) {
    const message = 'A script and its arguments cannot hold a NUL character. Send data through stdin.';
    throw new ValidationError([{ path: '', message }], 'invalid_command');
  }
  const text = Buffer.from(whole);
  return {
    command: `exec /bin/sh -c '${starter}' drs ${text.length} ${secret}`,
    shellArguments: ['-c', starter, 'drs', String(text.length), secret],
    hello: { stdout: Buffer.from(`\u001e${secret} 1\n`), stderr: Buffer.from(`\u001e${secret} 2\n`) },
    text,
  };
}

/** One word for a POSIX shell. */
function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
