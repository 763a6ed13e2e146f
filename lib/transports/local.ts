/** The transport to this machine: the same scripts, without SSH. */

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { TransportError } from '../errors.js';
import type { RemoteScript, ScriptEnd, Session, StartOptions, Transport } from './session.js';
import { startAborted } from './transport-problems.js';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Runs scripts on this machine as the user of this process, in the home directory, like `sshd` does.
 * The environment of this process is not passed on: it holds the secrets of the application.
 *
 * @example
 * const { session, release } = await local().acquire(target);
 */
export function local(): Transport {
  const scripts = new Set<RemoteScript>();
  const session: Session = {
    async start(script, args, options = {}) {
      const started = await startLocally(script, args, options);
      scripts.add(started);
      const forget = () => void scripts.delete(started);
      started.end.then(forget, forget);
      return started;
    },
  };
  return {
    async acquire(_target, { signal } = {}) {
      signal?.throwIfAborted();
      return { session, release: () => undefined };
    },
    retire() {},
    async close() {
      for (const script of scripts) script.close();
    },
  };
}

async function startLocally(
  script: string,
  args: readonly string[],
  options: StartOptions,
): Promise<RemoteScript> {
  const { signal } = options;
  signal?.throwIfAborted();
  const child: Child = spawn('/bin/sh', ['-c', script, 'drs', ...args], {
    cwd: existsSync(homedir()) ? homedir() : '/',
    env: loginEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    // An own process group: Ctrl-C in the terminal of the worker does not reach it, and close() ends all of it.
    detached: true,
  });
  await spawned(child);
  const started = asRemoteScript(child, options);
  if (signal?.aborted) started.close();
  return started;
}

function spawned(child: Child): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(
        new TransportError('unreachable', `Cannot start /bin/sh on this machine: ${cause.message}.`, cause),
      );
    });
  });
}

function asRemoteScript(child: Child, { signal, endsItself = false }: StartOptions): RemoteScript {
  // The script may end without reading its input: the writer sees EPIPE through its own listeners.
  child.stdin.on('error', () => undefined);
  let letGo: (reason: unknown) => void = () => undefined;
  const end = new Promise<ScriptEnd>((resolve, reject) => {
    letGo = reject;
    child.once('close', (exitCode, endSignal) => resolve({ exitCode, signal: endSignal }));
  });
  end.catch(() => undefined);
  const release = (reason: unknown) => {
    letGo(reason);
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    if (!endsItself) hangUp(child);
  };
  const onAbort = () => release(startAborted(signal));
  signal?.addEventListener('abort', onAbort, { once: true });
  child.once('close', () => signal?.removeEventListener('abort', onAbort));
  const close = () =>
    release(new TransportError('connection_lost', 'The script on this machine was let go.'));
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, end, close };
}

/** Ends the shell and its foreground children, as a closed terminal would; what was detached runs on. */
function hangUp(child: Child): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGHUP');
  } catch {
    // The group is gone already.
  }
  child.kill('SIGKILL');
}

const passedOn = ['PATH', 'LANG', 'LANGUAGE', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];

/** What a login would set, and nothing of the application's. */
function loginEnvironment(): NodeJS.ProcessEnv {
  const { username, shell } = whoWeAre();
  const kept = passedOn.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    ...Object.fromEntries(kept),
    HOME: homedir(),
    USER: username,
    LOGNAME: username,
    SHELL: shell ?? '/bin/sh',
  };
}

/** In a container, the user of the process may have no name: `userInfo()` throws then. */
function whoWeAre(): { username: string; shell: string | null } {
  try {
    return userInfo();
  } catch {
    return { username: process.env.USER ?? String(process.getuid?.() ?? ''), shell: null };
  }
}
