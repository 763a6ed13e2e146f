/** A server process that ends with this one, however this one ends. */

import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { DrsError } from '../errors.js';

/** What to start, and how to tell that it is ready. */
export interface GuardedCommand {
  /** For messages, as in `PostgreSQL`. */
  what: string;
  /** An absolute path. */
  command: string;
  args: readonly string[];
  /** Found in the output once the server takes connections. */
  readyWhen: string;
  /** The signal for an orderly end, without `SIG`. */
  endSignal: 'INT' | 'TERM';
  /** Runs as this user; only root can say so. */
  user?: { uid: number; gid: number } | null;
  env?: NodeJS.ProcessEnv;
}

/** A server under way. */
export interface GuardedProcess {
  /** Ends the server in order; resolves when it is gone. May be called more than once. */
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;
const stopWithinMs = 20_000;

// The shell waits at a pipe that this process holds: when it closes, by stop() or because this process is gone,
// even by SIGKILL, the server gets its signal. Its own session keeps a Ctrl-C in the terminal away from the server,
// so that connections can be closed before it ends.
const guard = `
signal=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r _ <&3; kill -s "$signal" "$server"; } >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait "$server"; code=$?
kill "$watch" 2>/dev/null
exit "$code"
`;

/**
 * Starts a server and resolves when it is ready.
 *
 * @throws DrsError `service_failed`, with the server's last words
 */
export async function startGuarded(command: GuardedCommand): Promise<GuardedProcess> {
  const child = spawn('/bin/sh', ['-c', guard, 'sh', command.endSignal, command.command, ...command.args], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: command.env ?? process.env,
    ...(command.user ?? {}),
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // The pipe breaks when the server ends by itself; nothing is ever written to it.
  child.stdin.on('error', () => undefined);
  try {
    await untilReady(child, command);
  } catch (error) {
    await stop(child, exited);
    throw error;
  }
  // A host that forgets stop() shall still be able to end; the guard then ends the server.
  setHold(child, 'unref');
  return { stop: () => stop(child, exited) };
}

function untilReady(child: ChildProcess, { what, readyWhen }: GuardedCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string, cause?: unknown): void => {
      clearTimeout(timer);
      const outputTail = output.trim().split('\n').slice(-8).join('\n');
      reject(
        new DrsError('service_failed', `${what} did not start: ${why}.\n${outputTail}`.trim(), { cause }),
      );
    };
    const timer = setTimeout(() => fail(`not ready after ${readyWithinMs / 1000} s`), readyWithinMs);
    const read = (text: string): void => {
      output = (output + text).slice(-8192);
      if (!output.includes(readyWhen)) return;
      clearTimeout(timer);
      resolve();
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', read);
    child.once('error', (error) => fail(error.message, error));
    // `close` comes after the last output, so that the message holds it.
    child.once('close', (code) => fail(`it ended with code ${code}`));
  });
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  setHold(child, 'ref');
  child.stdin?.end();
  const group = child.pid;
  const timer = setTimeout(() => killGroup(group), stopWithinMs);
  await exited;
  clearTimeout(timer);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It ended just now.
  }
}

function setHold(child: ChildProcess, hold: 'ref' | 'unref'): void {
  child[hold]();
  for (const stream of [child.stdin, child.stdout, child.stderr] as (Readable | null)[]) {
    (stream as Socket | null)?.[hold]();
  }
}
