/** Adds public keys to a user's `~/.ssh/authorized_keys`, once, and removes exactly those. */

import { text } from 'node:stream/consumers';
import { DrsError } from '../errors.js';
import { parsePublicKey } from './public-key.js';
import type { Session } from './session.js';

export { fingerprintOf, publicKeyOf } from './public-key.js';

/**
 * Finds the key as sshd(8), AUTHORIZED_KEYS FILE FORMAT, reads a line: type and blob, after options in which
 * spaces may stand in double quotes and `\"` is a quote. Prints the lines without the key (`open`: the last one
 * had no newline), or says by its exit code whether the key is there.
 */
const awkProgram = `
function isKey(line,   fields, i, c, quoted) {
  sub(/\\r$/, "", line); sub(/^[ \\t]+/, "", line)
  if (line ~ /^#/) return 0
  split(line, fields, /[ \\t]+/)
  if (fields[1] == type) return fields[2] == blob
  for (i = 1; i <= length(line); i++) {
    c = substr(line, i, 1)
    if (c == "\\\\" && substr(line, i + 1, 1) == "\\"") i++
    else if (c == "\\"") quoted = !quoted
    else if (!quoted && (c == " " || c == "\\t")) break
  }
  line = substr(line, i); sub(/^[ \\t]+/, "", line)
  split(line, fields, /[ \\t]+/)
  return fields[1] == type && fields[2] == blob
}
{
  if (task == "remove" && NR > 1 && kept) print last
  last = $0; kept = !isKey($0); if (!kept) found = 1
}
END {
  if (task == "find") exit !found
  if (NR && kept) { printf "%s", last; if (!open) printf "\\n" }
}`;

/**
 * `$1` type, `$2` blob. Sets `file` (links followed, so that a linked file stays linked), `next` beside it, and
 * takes a lock, so that two that change the file at once do not lose a key; a lock 10 s old is a dead one's.
 */
const prelude = `
set -u; umask 077; export LC_ALL=C
key() { awk -v task="$1" -v type="$type" -v blob="$blob" -v open="$2" '${awkProgram}' "$file"; }
fail() { echo "$1" >&2; exit 1; }
type=$1 blob=$2 folder=\${HOME:?}/.ssh file=\${HOME:?}/.ssh/authorized_keys
links=0
while [ -h "$file" ]; do
  links=$((links + 1)); [ $links -le 40 ] || fail "$file: too many links"
  to=$(readlink "$file") || fail "$file: cannot read this link"
  case $to in /*) file=$to ;; *) file=\${file%/*}/$to ;; esac
done
next=$file.drs-$$ lock=$folder/.authorized_keys.drs-lock
lock() {
  tries=0
  until mkdir "$lock" 2>/dev/null; do
    tries=$((tries + 1)); [ $tries -le 10 ] || break
    sleep 1
  done
  trap 'rm -f "$next"; rmdir "$lock" 2>/dev/null' EXIT
  trap 'exit 1' HUP INT TERM
}
replace() { chmod 600 "$next" && mv -f "$next" "$file" || fail "cannot write $file"; echo drs-key:changed; exit 0; }
is_open() { [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; }
`;

/** POSIX sh: `$1` type, `$2` blob, `$3` the line to add. Prints `drs-key:changed` or `drs-key:same`. */
export const addKeyScript = `${prelude}
mkdir -p "$folder" && chmod 700 "$folder" || fail "cannot make $folder"
lock
if [ -e "$file" ]; then
  if key find 0; then chmod 600 "$file"; echo drs-key:same; exit 0; fi
  # cp -p keeps the owner where we may set one; cat afterwards keeps every byte.
  cp -p "$file" "$next" && cat "$file" >"$next" || fail "cannot write $next"
fi
if is_open; then echo >>"$next" || fail "cannot write $next"; fi
printf '%s\\n' "$3" >>"$next" || fail "cannot write $next"
replace
`;

/** POSIX sh: `$1` type, `$2` blob. Prints `drs-key:changed` or `drs-key:same`. */
export const removeKeyScript = `${prelude}
[ -e "$file" ] || { echo drs-key:same; exit 0; }
lock
key find 0 || { echo drs-key:same; exit 0; }
if is_open; then open=1; else open=0; fi
cp -p "$file" "$next" && key remove $open >"$next" || fail "cannot write $next"
replace
`;

/**
 * Adds a public key to the `authorized_keys` of the session's user, unless it is there.
 * @param publicKeyLine as in a `.pub` file, without options
 * @returns whether the file was changed
 * @throws ValidationError `invalid_public_key`; DrsError `authorized_keys_failed`; TransportError
 */
export async function addPublicKey(session: Session, publicKeyLine: string): Promise<boolean> {
  const { type, blob, comment } = parsePublicKey(publicKeyLine);
  return change(session, addKeyScript, [type, blob, `${type} ${blob} ${comment}`.trimEnd()]);
}

/**
 * Removes a public key from the `authorized_keys` of the session's user, whatever options and comment its lines have.
 * @returns whether the file was changed
 * @throws ValidationError `invalid_public_key`; DrsError `authorized_keys_failed`; TransportError
 */
export async function removePublicKey(session: Session, publicKeyLine: string): Promise<boolean> {
  const { type, blob } = parsePublicKey(publicKeyLine);
  return change(session, removeKeyScript, [type, blob]);
}

async function change(session: Session, script: string, args: readonly string[]): Promise<boolean> {
  const running = await session.start(script, args);
  running.stdin.end();
  const [stdout, stderr, { exitCode }] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    running.end,
  ]);
  const answer = /^drs-key:(changed|same)$/m.exec(stdout)?.[1];
  if (exitCode === 0 && answer) return answer === 'changed';
  const said = (stderr.trim() || stdout.trim() || `exit code ${exitCode}`).slice(-300);
  throw new DrsError('authorized_keys_failed', `Cannot change ~/.ssh/authorized_keys over there: ${said}`, {
    status: 502,
  });
}
