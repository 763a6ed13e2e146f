/** The files of attempts on a server, by scripts in POSIX sh: for whatever starts programs there. */

import { DrsError } from '../errors.js';
import type { Session } from '../transports/session.js';
import { cksumOf } from './cksum.js';
import { fetchArguments } from './fetch-batches.js';
import { fetchFiles } from './fetch-files.js';
import { listFiles } from './list-files.js';
import { parseReport, type RunReport } from './run-report.js';
import {
  callScript,
  lastLineOf,
  readScript,
  sendTo,
  type CallOptions,
  type ScriptCall,
} from './script-call.js';
import type { Silence } from './silence-watch.js';
import type { AttemptLocation, CopyPlan, ReadRequest, Workspace } from './scheduler.js';
import type { Scripts } from './scripts.js';
import { tryCommands, tryDirectory } from './try-server.js';

/** copy.sh says two. */
const mostCopyLines = 100;

/** @param silenceMs how long the server may say nothing while something is asked of it */
export function shellWorkspace(scripts: Scripts, silenceMs: number): Workspace {
  const during = (doing: string): Silence => ({ mostMs: silenceMs, doing });
  return {
    async listFiles(session, location, { signal, ...request }) {
      const { filename, program, before } = request;
      const args = [
        location.directory,
        controlDirectoryOf(location),
        filename,
        before.kind,
        cksumOf(program),
      ];
      const silence = during('the files of the job were listed');
      return listFiles(await callScript(session, scripts.list, { args, signal, silence }), request);
    },
    async readOutput(session, location, request) {
      const { from, bytes, signal } = request;
      const numbers = [from.stdout, from.stderr, bytes.stdout, bytes.stderr].map(String);
      const args = [controlDirectoryOf(location), ...numbers];
      const silence = during('the output of the program was read');
      await readPieces(await callScript(session, scripts.read, { args, signal, silence }), request);
    },
    async fetchFiles(session, location, request) {
      const args = fetchArguments(location.directory, request.files);
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
    clean(session, locations, { signal } = {}) {
      const silence = during('control directories were removed');
      return clean(session, { script: scripts.clean, locations, signal, silence });
    },
    tryCommands(session, interpreters, options = {}) {
      const silence = during('commands were looked for');
      return tryCommands(session, { script: scripts.commands, interpreters }, { ...options, silence });
    },
    tryDirectory(session, preferred, options = {}) {
      const silence = during('the control directory was tried');
      return tryDirectory(session, { script: scripts.root, preferred }, { ...options, silence });
    },
  };
}

/** @throws DrsError when the attempt was never prepared: then it has none */
function controlDirectoryOf({ controlRoot, name }: AttemptLocation): string {
  if (controlRoot !== null) return `${controlRoot.path}/${name}`;
  throw new DrsError('not_prepared', `The attempt ${name} has no control directory: it was never permitted.`);
}

/** Both streams come on standard output, one after the other, each behind a line that names it. */
async function readPieces(call: ScriptCall, { bytes: requested, onOutput }: ReadRequest): Promise<void> {
  let stream: 'stdout' | 'stderr' = 'stderr';
  const left = { ...requested };
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
  locations: readonly (AttemptLocation & { isWhole: boolean })[];
  signal: AbortSignal | undefined;
  silence: Silence;
}

async function clean(session: Session, { script, locations, signal, silence }: Cleaning): Promise<string[]> {
  const known = locations.flatMap(({ name, controlRoot: root, isWhole }) =>
    root === null ? [] : [`${isWhole ? 'whole' : 'files'} ${name} ${root.id} ${root.path}\n`],
  );
  const options: CallOptions = { args: [], signal, silence };
  const call = await callScript(session, script, options);
  const last = await lastLineOf(call, (line) => {
    if (line === 'read') call.script.stdin.write(`${known.join('')}\n`);
  });
  return last.split(' ').slice(1);
}
