/** The steps of a connection's test that run something on the server. */

import { OutputTail } from '../transports/output-tail.js';
import { DrsError } from '../errors.js';
import type { Named } from '../protocol/choices.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type { TriedCommands } from '../schedulers/tried-server.js';
import type { RemoteScript, Session, StartOptions } from '../transports/session.js';
import { requireChosen } from './server-choices.js';

/** A session on the server, and how long a step may take. */
export interface Signed {
  session: Session;
  options: Pick<StartOptions, 'greetingMs'> & { signal: AbortSignal };
}

/** The words of a server that a message shows. */
const mostCharacters = 300;
const cannotTell = 'this scheduler cannot tell';

/** Runs a script there. @throws TransportError, DrsError `script_broken`, with the words of the server */
export async function tryShell({ session, options }: Signed): Promise<string> {
  const script = await session.start('uname -sr 2>/dev/null || echo sh', [], options);
  const { stdout, stderr, exitCode } = await readScript(script);
  if (exitCode === 0 && stdout) return `works (${stdout.slice(0, 100)})`;
  const why = stderr ? `It said: "${stderr}".` : 'It said nothing.';
  throw new DrsError('script_broken', `/bin/sh ended with exit code ${exitCode} over there. ${why}`);
}

async function readScript(
  script: RemoteScript,
): Promise<{ stdout: string; stderr: string; exitCode: number | null }> {
  const collect = async (stream: AsyncIterable<unknown>): Promise<string> => {
    const words = new OutputTail(mostCharacters);
    for await (const bytes of stream) words.add(bytes as Buffer);
    return words.text;
  };
  try {
    script.stdin.end();
    const all = [collect(script.stdout), collect(script.stderr), script.end] as const;
    const [stdout, stderr, { exitCode }] = await Promise.all(all);
    return { stdout, stderr, exitCode };
  } finally {
    script.close();
  }
}

/** Names what is missing. @throws TransportError, DrsError `missing_commands` */
export async function tryCommands(
  scheduler: Scheduler | null,
  { session, options }: Signed,
  interpreters: readonly { name: string; path: string }[],
): Promise<string> {
  const found = await scheduler?.workspace.tryCommands?.(session, interpreters, options);
  if (!found) return cannotTell;
  const problems = problemsOf(found);
  if (problems.length > 0) throw new DrsError('missing_commands', problems.join(' '));
  const without = found.doneWithout.length > 0 ? `; done without ${found.doneWithout.join(', ')}` : '';
  const there = found.interpreters.map(({ name, path }) => `; ${name} is ${path}`).join('');
  return `all that is needed is there${without}${there}`;
}

function problemsOf({ missing, interpreters }: TriedCommands): string[] {
  const commands = missing.length > 0 ? [`Missing: ${missing.join(', ')}.`] : [];
  const programs = interpreters
    .filter(({ path }) => path === null)
    .map(({ name, asked }) => `Interpreter ${name}: ${asked} is not there, or is no program.`);
  return [...commands, ...programs];
}

/** Says where the control root is. @throws TransportError, DrsError `no_control_root` */
export async function tryDirectory(
  scheduler: Scheduler | null,
  { session, options }: Signed,
  preferred: string | null,
): Promise<string> {
  const found = await scheduler?.workspace.tryDirectory?.(session, preferred, options);
  if (!found) return cannotTell;
  const { path, why } = found;
  if (path !== null) return why ? `${path}, since: ${why}` : path;
  throw new DrsError(
    'no_control_root',
    `Attempts cannot be watched over there: ${why ?? 'it said nothing'}.`,
  );
}

/** Names the scheduler. @throws TransportError, DrsError, also `unknown_scheduler` */
export async function trySystem(
  schedulers: Named<Scheduler>,
  name: string,
  { session, options }: Signed,
): Promise<string> {
  const scheduler = requireChosen('scheduler', schedulers, name);
  const words = await scheduler.trySystem?.(session, options);
  return `${name}: ${words ?? 'programs are started at once, there is nothing to ask'}`;
}
