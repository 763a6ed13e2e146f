/** Counts the programs and processes that a server starts, by `strace` on it. */

import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureCommand } from '../../lib/embedded/install.js';
import { childrenOf } from '../support/processes.js';

export interface Starts {
  execs: number;
  forks: number;
}

const calls = 'trace=execve,execveat,clone,clone3,fork,vfork';
/** The work is over when nothing was started for so long: what cleans up afterwards is gathered for half a second. */
const quietMs = 1500;

/**
 * @param pids the server's; what they have started already is watched too
 * @param file where the trace is written
 */
export async function countStarts(
  { pids, file }: { pids: readonly number[]; file: string },
  work: () => Promise<unknown>,
): Promise<Starts> {
  const strace = await ensureCommand({ command: 'strace', debianPackage: 'strace' });
  const watched = [...new Set(pids.flatMap(withDescendants))];
  const args = ['-f', '-e', calls, '-o', file, ...watched.flatMap((pid) => ['-p', String(pid)])];
  const tracer = spawn(strace, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => tracer.once('close', resolve));
  try {
    await attached(tracer, watched.length);
    await work();
    await untilQuiet(file);
  } finally {
    tracer.kill('SIGINT');
    await ended;
  }
  return startsOf(await readFile(file, 'utf8'));
}

function withDescendants(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(withDescendants)];
}

function attached(tracer: ChildProcess, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    tracer.once('close', () => reject(new Error(`strace ended: ${said}`)));
    tracer.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      // Some may have ended meanwhile.
      if ((said.match(/attached|No such process/g) ?? []).length >= count) resolve();
    });
  });
}

async function untilQuiet(file: string): Promise<void> {
  for (let size = -1; ; await delay(quietMs)) {
    const now = (await stat(file)).size;
    if (now === size) return;
    size = now;
  }
}

/** Only what succeeded: a shell tries each folder of PATH. A call may stand in two lines, of which the second has the answer. */
function startsOf(trace: string): Starts {
  const answered = (names: string, answer: string): number =>
    (trace.match(new RegExp(`(?: |\\.\\.\\. )(?:${names})(?:\\(| resumed).* = ${answer}$`, 'gm')) ?? [])
      .length;
  return { execs: answered('execve|execveat', '0'), forks: answered('clone|clone3|fork|vfork', '[1-9]\\d*') };
}
