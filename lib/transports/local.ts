/** The transport to this machine: the same scripts, without SSH. */

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { TransportError } from '../errors.js';
import { defaultGreetingMs, greet, searchHello, type Hello } from './greeting.js';
import { readFrom, whenEnded, whenOver, whenSilent } from './script-streams.js';
import type { RemoteScript, ScriptEnd, Session, StartOptions, Transport } from './session.js';
import { prepareStart, type Start } from './starter.js';
import { startAborted } from './transport-problems.js';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** How scripts are started on this machine. */
export interface LocalOptions {
  /** How long `/bin/sh` may take until a script begins. Default 60 s. */
  greetingMs?: number;
}

/**
 * Runs scripts on this machine as the user of this process, in the home directory, like `sshd` does.
 * The environment of this process is not passed on: it holds the secrets of the application.
 *
 * @param options.greetingMs how long `/bin/sh` may take until a script begins, in milliseconds. Default 60,000
 * @returns a transport that signs in to nothing: the target of `acquire` is not looked at
 * @example
 * const { session, release } = await local().acquire(target);
 */
export function local({ greetingMs = defaultGreetingMs }: LocalOptions = {}): Transport {
  const scripts = new Set<RemoteScript>();
  const session: Session = {
    async start(script, args, options = {}) {
      const started = await startLocally(prepareStart(script, args), { greetingMs, ...options });
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
  start: Start,
  options: StartOptions & { greetingMs: number },
): Promise<RemoteScript> {
  const { signal, greetingMs } = options;
  signal?.throwIfAborted();
  const child: Child = spawn('/bin/sh', start.shellArguments, {
    cwd: existsSync(homedir()) ? homedir() : '/',
    env: loginEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    // An own process group: Ctrl-C in the terminal of the worker does not reach it, and close() ends all of it.
    detached: true,
  });
  const hello = searchHello(start);
  const over = whenOver(child, closedHere);
  const script = asRemoteScript(child, hello, options);
  await spawned(child);
  // No start-up file is read here that could read it in place of the script.
  child.stdin.write(start.text);
  if (signal?.aborted) script.close(startAborted(signal));
  const account = { where: 'This machine', username: whoWeAre().username };
  await greet(script, { hello, over, account, greetingMs });
  return script;
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

function asRemoteScript(
  child: Child,
  hello: Hello,
  { signal, endsItself = false }: StartOptions,
): RemoteScript & { close(reason?: unknown): void } {
  // The script may end without reading its input: the writer sees EPIPE through its own listeners.
  child.stdin.on('error', () => undefined);
  const stdout = readFrom(child.stdout, hello.stdout);
  const stderr = readFrom(child.stderr, hello.stderr);
  whenSilent(child, [child.stdout, child.stderr], () => {
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  });
  let rejectEnd: (reason: unknown) => void = () => undefined;
  const end = new Promise<ScriptEnd>((resolve, reject) => {
    rejectEnd = reject;
    whenEnded(child, [stdout, stderr]).then(
      (known) => (known ? resolve(known) : reject(closedHere())),
      reject,
    );
  });
  end.catch(() => undefined);
  const close = (reason: unknown = closedHere()) => {
    rejectEnd(reason);
    for (const stream of [child.stdin, child.stdout, child.stderr, stdout, stderr]) stream.destroy();
    if (!endsItself || !hello.stdout.isFound) hangUp(child);
  };
  const onAbort = () => close(startAborted(signal));
  signal?.addEventListener('abort', onAbort, { once: true });
  child.once('close', () => signal?.removeEventListener('abort', onAbort));
  return { stdin: child.stdin, stdout, stderr, end, close };
}

function closedHere(): TransportError {
  return new TransportError('connection_lost', 'The script on this machine was let go.');
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
