/** Starts programs on a server directly: a wrapper in POSIX sh stays with each. `direct/README.md` tells how. */

import { randomBytes } from 'node:crypto';
import { DrsError } from '../errors.js';
import type { Session } from '../transports/session.js';
import { cksumOf } from './cksum.js';
import { fetchArguments } from './fetch-batches.js';
import { fetchFiles } from './fetch-files.js';
import { followRun } from './follow-run.js';
import { listFiles } from './list-files.js';
import { parseReport, type RunReport } from './run-report.js';
import { callScript, readScript, sendTo, type CallOptions, type ScriptCall } from './script-call.js';
import type { Silence } from './silence-watch.js';
import type { AttemptPlace, CancelAnswer, CopyPlan, ReadRequest, RunPlan, Scheduler } from './scheduler.js';
import { loadScripts, type Scripts } from './scripts.js';
import { tryCommands, tryDirectory } from './try-server.js';

/** Seconds between TERM and KILL. */
const graceSeconds = 5;

/** A longer program, or one with a NUL, is no text that a shell could hold: it comes on its own. */
const mostTextBytes = 64 * 1024;

/** copy.sh says two. */
const mostCopyLines = 100;

/** A find on a share that hangs, or a machine without memory: its process lives, and never says anything. */
const defaultSilenceMs = 5 * 60_000;

/** How programs are started directly. */
export interface DirectOptions {
  /**
   * How long the server may say nothing while something is asked of it; then the attempt waits for it as for one that is
   * out of reach. A program that runs may be silent as long as it likes. Default 5 minutes.
   */
  silenceMs?: number;
}

/** Makes the scheduler; its scripts are read once. */
export function direct({ silenceMs = defaultSilenceMs }: DirectOptions = {}): Scheduler {
  const scripts = loadScripts();
  const during = (doing: string): Silence => ({ mostMs: silenceMs, doing });
  return {
    async run(session, plan, follower) {
      const { signal } = follower;
      const call = await callScript(session, scripts.run, { args: runArguments(plan, scripts), signal });
      return followRun(call, plan, follower);
    },
    async cancel(session, { name, controlRoot }, { fence, began, signal }) {
      const { machine = '', pid = '', since = '' } = began ?? {};
      const { id, path } = controlRoot ?? { id: '', path: '' };
      const args = [name, id, path, String(fence), machine, String(pid), since, String(graceSeconds)];
      const silence = during('the program was to be ended');
      return cancelAnswer(
        await callScript(session, scripts.cancel, { args, signal, endsItself: true, silence }),
      );
    },
    async listFiles(session, place, { signal, ...request }) {
      const { filename, program, before } = request;
      const args = [place.directory, controlDirectoryOf(place), filename, before.kind, cksumOf(program)];
      const silence = during('the files of the job were listed');
      return listFiles(await callScript(session, scripts.list, { args, signal, silence }), request);
    },
    async readOutput(session, place, request) {
      const { from, bytes, signal } = request;
      const numbers = [from.stdout, from.stderr, bytes.stdout, bytes.stderr].map(String);
      const args = [controlDirectoryOf(place), ...numbers];
      const silence = during('the output of the program was read');
      await readPieces(await callScript(session, scripts.read, { args, signal, silence }), request);
    },
    async fetchFiles(session, place, request) {
      const args = fetchArguments(place.directory, request.files);
      const silence = during('the files of the job were fetched');
      const call = await callScript(session, scripts.fetch, { args, signal: request.signal, silence });
      return fetchFiles(call, request);
    },
    async copy(session, plan, { signal } = {}) {
      const { directory, name, filename, program } = plan;
      const args = [directory, name, filename, String(program.length)];
      const silence = during('the program was put there');
      return copyProgram(await callScript(session, scripts.copy, { args, signal, silence }), plan);
    },
    clean(session, places, { signal } = {}) {
      const silence = during('control directories were removed');
      return clean(session, { script: scripts.clean, places, signal, silence });
    },
    tryCommands(session, interpreters, options = {}) {
      const silence = during('commands were looked for');
      return tryCommands(session, { script: scripts.commands, interpreters }, { ...options, silence });
    },
    tryDirectory(session, wanted, options = {}) {
      const silence = during('the control directory was tried');
      return tryDirectory(session, { script: scripts.root, wanted }, { ...options, silence });
    },
  };
}

/** The arguments of run.sh, in its order. */
function runArguments(plan: RunPlan, scripts: Scripts): string[] {
  const { program, began, controlRoot, timeoutMs } = plan;
  // An attempt that began is attached to: its program is not needed.
  const isText =
    began !== null || (program.length <= mostTextBytes && !program.includes(0) && isUtf8(program));
  const seconds = timeoutMs === null ? null : timeoutMs / 1000;
  return [
    ...[
      plan.directory,
      plan.name,
      controlRoot?.id ?? '',
      controlRoot?.path ?? '',
      plan.controlDirectory ?? '',
    ],
    ...[randomBytes(16).toString('hex'), String(plan.fence), plan.filename],
    isText && began === null ? program.toString('utf8') : '',
    isText ? '' : String(program.length),
    cksumOf(program),
    plan.isLive ? 'live' : 'quiet',
    plan.isListing ? 'files' : 'none',
    ...[String(plan.from.stdout), String(plan.from.stderr)],
    ...[began?.machine ?? '', began === null ? '' : String(began.pid), began?.since ?? ''],
    ...[scripts.wrapper, scripts.program, scripts.timer],
    seconds === null ? '' : seconds.toFixed(3),
    seconds === null ? '' : String(Math.ceil(seconds)),
    String(graceSeconds),
    plan.interpreter.path,
    ...plan.interpreter.arguments,
  ];
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8')).equals(bytes);
}

/** @throws DrsError when the attempt was never prepared: then it has none */
function controlDirectoryOf({ controlRoot, name }: AttemptPlace): string {
  if (controlRoot !== null) return `${controlRoot.path}/${name}`;
  throw new DrsError('not_prepared', `The attempt ${name} has no control directory: it was never permitted.`);
}

async function cancelAnswer(call: ScriptCall): Promise<CancelAnswer> {
  const answer = await lastLine(call);
  if (answer === 'never' || answer === 'ended-before' || answer === 'ended' || answer === 'elsewhere')
    return answer;
  throw new DrsError('cancel_failed', 'The server did not say whether the program was ended.');
}

/** Both streams come on standard output, one after the other, each behind a line that names it. */
async function readPieces(call: ScriptCall, { bytes: asked, onOutput }: ReadRequest): Promise<void> {
  let stream: 'stdout' | 'stderr' = 'stderr';
  const left = { ...asked };
  await readScript(call, {
    onLine: (source, line) => {
      if (source === 'stdout' && line === 'out') stream = 'stdout';
    },
    onOutput(source, bytes) {
      if (source !== 'stdout') return;
      left[stream] -= bytes.length;
      if (left[stream] < 0) throw saidTooMuch();
      return onOutput(stream, bytes);
    },
  });
}

async function copyProgram(call: ScriptCall, { program }: CopyPlan): Promise<RunReport> {
  const lines: string[] = [];
  await readScript(call, {
    onLine(stream, line) {
      if (stream !== 'stdout') return;
      if (lines.push(line) > mostCopyLines) throw saidTooMuch();
      if (line === 'read') sendTo(call, program);
    },
  });
  return parseReport(lines);
}

function saidTooMuch(): DrsError {
  return new DrsError('script_broken', 'The server sent more than it was asked for.');
}

interface Cleaning {
  script: string;
  places: readonly (AttemptPlace & { isWhole: boolean })[];
  signal: AbortSignal | undefined;
  silence: Silence;
}

async function clean(session: Session, { script, places, signal, silence }: Cleaning): Promise<string[]> {
  const known = places.flatMap(({ name, controlRoot: root, isWhole }) =>
    root === null ? [] : [`${isWhole ? 'whole' : 'files'} ${name} ${root.id} ${root.path}\n`],
  );
  const options: CallOptions = { args: [], signal, silence };
  const call = await callScript(session, script, options);
  const last = await lastLine(call, (line) => {
    if (line === 'read') call.script.stdin.write(`${known.join('')}\n`);
  });
  return last.split(' ').slice(1);
}

/** What a script said last. */
async function lastLine(call: ScriptCall, onLine?: (line: string) => void): Promise<string> {
  let last = '';
  await readScript(call, {
    onLine(stream, line) {
      if (stream !== 'stdout') return;
      last = line;
      onLine?.(line);
    },
  });
  return last;
}
