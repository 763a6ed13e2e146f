/** Starts programs on a server directly: a wrapper in POSIX sh stays with each. `direct/README.md` tells how. */

import { DrsError } from '../errors.js';
import type { Session } from '../transports/session.js';
import { fetchTar } from './fetch-tar.js';
import { followRun } from './follow-run.js';
import { callScript, readScript, type CallOptions, type ScriptCall } from './script-call.js';
import type { RunPlan, Scheduler } from './scheduler.js';
import { loadScripts } from './scripts.js';

/** Seconds between TERM and KILL. */
const graceSeconds = 5;

/** `read` takes a system call for each byte: beyond this, `head` is quicker. */
const mostPlainBytes = 2048;

export interface DirectOptions {
  /** How long a login shell may take to begin with a script. Default 60 s. */
  greetingMs?: number;
}

/** Makes the scheduler; its scripts are read once. */
export function direct({ greetingMs = 60_000 }: DirectOptions = {}): Scheduler {
  const scripts = loadScripts();
  const begin = (session: Session, script: string, options: Omit<CallOptions, 'greetingMs'>) =>
    callScript(session, script, { ...options, greetingMs });
  return {
    async run(session, plan, follower) {
      const args = runArguments(plan, scripts);
      const { allowed } = plan;
      const { signal } = follower;
      // Hung up on between its claim and the start of the program, it would leave a claim that nobody fulfils.
      const call = await begin(session, scripts.run, { args, allowed, signal, endsItself: true });
      call.script.stdin.write(withLineEnd(plan.program));
      return followRun(call, follower);
    },
    async cancel(session, { directory, name }, { signal } = {}) {
      const args = [directory, name, String(graceSeconds)];
      const call = await begin(session, scripts.cancel, { args, signal, endsItself: true });
      const answer = await lastLine(call);
      if (answer === 'never-started' || answer === 'ended-before' || answer === 'ended') return answer;
      throw new DrsError('cancel_failed', 'The server did not say whether the program was ended.');
    },
    async readOutput(session, { directory, name }, { from, bytes, onOutput, signal }) {
      const numbers = [from.stdout, from.stderr, bytes.stdout, bytes.stderr].map(String);
      const call = await begin(session, scripts.read, { args: [directory, name, ...numbers], signal });
      await readScript(call, { onOutput });
    },
    async fetchFiles(session, { directory, name }, { names, onTar, signal }) {
      const call = await begin(session, scripts.fetch, { args: [directory, name], signal });
      call.script.stdin.end(names.map((path) => `./${path}\0`).join(''));
      return (await fetchTar(call, onTar)) ?? [...names];
    },
    async copy(session, plan, { signal } = {}) {
      const args = [plan.directory, plan.name, plan.filename, String(plan.program.length)];
      const call = await begin(session, scripts.copy, { args, signal });
      call.script.stdin.write(plan.program);
      return followRun(call, { onOutput() {} });
    },
    async clean(session, places, { signal } = {}) {
      const call = await begin(session, scripts.clean, { args: [], signal });
      call.script.stdin.end(places.map(({ name, directory }) => `${name} ${directory}\n`).join(''));
      const [, ...names] = (await lastLine(call)).split(' ');
      return names;
    },
  };
}

/** What a script said last; both streams begin with a greeting, and either may come later. */
async function lastLine(call: ScriptCall): Promise<string> {
  let last = '';
  await readScript(call, { onLine: (stream, line) => void (stream === 'stdout' && (last = line)) });
  return last;
}

/** The arguments of run.sh, in its order. */
function runArguments(plan: RunPlan, scripts: { wrapper: string; timer: string }): string[] {
  const seconds = plan.timeoutMs === null ? null : plan.timeoutMs / 1000;
  return [
    plan.directory,
    plan.name,
    plan.filename,
    String(plan.program.length),
    isPlain(plan.program) ? String(linesOf(plan.program)) : '',
    plan.isLive ? 'live' : 'quiet',
    plan.isListing ? 'files' : 'none',
    String(plan.from.stdout),
    String(plan.from.stderr),
    scripts.wrapper,
    scripts.timer,
    seconds === null ? '' : seconds.toFixed(3),
    seconds === null ? '' : String(Math.ceil(seconds)),
    String(graceSeconds),
    plan.interpreter.path,
    ...plan.interpreter.arguments,
  ];
}

/** Short, and of ASCII without NUL: the shell itself reads it. */
function isPlain(program: Buffer): boolean {
  return program.length <= mostPlainBytes && program.every((byte) => byte > 0 && byte < 0x80);
}

function linesOf(program: Buffer): number {
  return withLineEnd(program).toString('latin1').split('\n').length - 1;
}

/** The shell's `read` wants an end of each line; run.sh takes a last one away that the program does not have. */
function withLineEnd(program: Buffer): Buffer {
  const isEnded = program.length === 0 || program.at(-1) === 0x0a || !isPlain(program);
  return isEnded ? program : Buffer.concat([program, Buffer.from('\n')]);
}
