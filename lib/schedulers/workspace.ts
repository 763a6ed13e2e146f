/** The files of attempts on a server, by scripts in POSIX sh: for whatever starts programs there. */

import { DrsError } from '../errors.js';
import type { Session } from '../transports/session.js';
import { cksumOf } from './cksum.js';
import { fetchArguments } from './fetch-batches.js';
import { fetchFiles } from './fetch-files.js';
import { listFiles } from './list-files.js';
import { parseReport, type RunReport } from './run-report.js';
import { callScript, lastLineOf, readScript, type CallOptions, type ScriptCall } from './script-call.js';
import type { AttemptPlace, CopyPlan, ReadRequest, Workspace } from './scheduler.js';
import type { Scripts } from './scripts.js';
import { tryCommands, tryDirectory } from './try-server.js';

/** copy.sh says two. */
const mostCopyLines = 100;

export function shellWorkspace(scripts: Scripts): Workspace {
  return {
    async listFiles(session, place, { signal, ...request }) {
      const { filename, program, before } = request;
      const args = [place.directory, controlDirectoryOf(place), filename, before.kind, cksumOf(program)];
      return listFiles(await callScript(session, scripts.list, { args, signal }), request);
    },
    async readOutput(session, place, request) {
      const { from, bytes, signal } = request;
      const numbers = [from.stdout, from.stderr, bytes.stdout, bytes.stderr].map(String);
      const args = [controlDirectoryOf(place), ...numbers];
      await readPieces(await callScript(session, scripts.read, { args, signal }), request);
    },
    async fetchFiles(session, place, request) {
      const args = fetchArguments(place.directory, request.files);
      const call = await callScript(session, scripts.fetch, { args, signal: request.signal });
      return fetchFiles(call, request);
    },
    async copy(session, plan, { signal } = {}) {
      const { directory, name, filename, program } = plan;
      const args = [directory, name, filename, String(program.length)];
      return copyProgram(await callScript(session, scripts.copy, { args, signal }), plan);
    },
    clean: (session, places, { signal } = {}) => clean(session, { script: scripts.clean, places, signal }),
    tryCommands: (session, interpreters, options = {}) =>
      tryCommands(session, { script: scripts.commands, interpreters }, options),
    tryDirectory: (session, wanted, options = {}) =>
      tryDirectory(session, { script: scripts.root, wanted }, options),
  };
}

/** @throws DrsError when the attempt was never prepared: then it has none */
function controlDirectoryOf({ controlRoot, name }: AttemptPlace): string {
  if (controlRoot !== null) return `${controlRoot.path}/${name}`;
  throw new DrsError('not_prepared', `The attempt ${name} has no control directory: it was never permitted.`);
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
      if (line === 'read') call.script.stdin.write(program);
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
}

async function clean(session: Session, { script, places, signal }: Cleaning): Promise<string[]> {
  const known = places.flatMap(({ name, controlRoot: root, isWhole }) =>
    root === null ? [] : [`${isWhole ? 'whole' : 'files'} ${name} ${root.id} ${root.path}\n`],
  );
  const options: CallOptions = { args: [], signal };
  const call = await callScript(session, script, options);
  const last = await lastLineOf(call, (line) => {
    if (line === 'read') call.script.stdin.write(`${known.join('')}\n`);
  });
  return last.split(' ').slice(1);
}
