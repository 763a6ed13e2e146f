/** The steps of a connection's test that run something on the server. */

import { LastWords } from '../../lib/core/last-words.js';
import { DrsError } from '../../lib/errors.js';
import type { Session } from '../../lib/transports/session.js';
import { readScript } from './read-script.js';

/** A login shell that waits is told before the whole test is given up. */
const greetingMs = 10_000;

/** Runs a script there. @throws TransportError, DrsError `script_broken`, with the words of the server */
export async function tryShell(
  session: Session,
  signal: AbortSignal,
): Promise<{ value: null; message: string }> {
  const script = await session.start('uname -sr 2>/dev/null || echo sh', [], { signal, greetingMs });
  const { stdout, stderr, exitCode } = await readScript(script);
  const words = stdout.trim().slice(0, 100);
  if (exitCode !== 0 || !words) {
    const said = new LastWords(300);
    said.add(Buffer.from(stderr));
    const why = said.text ? `It said: "${said.text}".` : 'It said nothing.';
    throw new DrsError('script_broken', `/bin/sh ended with exit code ${exitCode} over there. ${why}`);
  }
  return { value: null, message: `works (${words})` };
}

const findScript = `case $1 in '~/'*) set -- "$HOME/\${1#??}" ;; esac
command -v -- "$1"`;

/** Looks for a program. @throws TransportError, DrsError `missing_interpreter` */
export async function findInterpreter(
  session: Session,
  path: string,
  signal: AbortSignal,
): Promise<{ value: null; message: string }> {
  const { stdout, exitCode } = await readScript(
    await session.start(findScript, [path], { signal, greetingMs }),
  );
  if (exitCode !== 0) throw new DrsError('missing_interpreter', `${path} is not there, or is no program.`);
  return { value: null, message: stdout.trim().slice(0, 200) };
}
