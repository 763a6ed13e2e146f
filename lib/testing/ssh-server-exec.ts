/** Runs one command for the in-process SSH server, with back-pressure both ways. */

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Connection, ServerChannel, Session } from 'ssh2';

interface Exec {
  client: Connection;
  session: Session;
  channel: ServerChannel;
  command: string;
  username: string;
  home: string;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Sends the exit status after both streams, as `sshd` does; a closed channel leaves the processes alive. */
export function runExec({ client, session, channel, command, username, home }: Exec): void {
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);
  const child: Child = spawn('/bin/sh', ['-c', command], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      LANG: process.env.LANG ?? 'C.UTF-8',
      HOME: home,
      USER: username,
      LOGNAME: username,
      SHELL: '/bin/sh',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  child.on('error', () => finish(channel, { exitCode: 127, signal: null }));
  channel.pipe(child.stdin);
  session.on('signal', (accept, _reject, { name }) => {
    // ssh2 passes no `accept` when the client wants no answer; its types say otherwise.
    (accept as typeof accept | undefined)?.();
    signalGroup(child, `SIG${name}`);
  });
  const abandon = () => {
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    // What runs on keeps no process from ending.
    child.unref();
  };
  // The channel itself says `close` only once its input was read, which a command may never do.
  for (const source of [session, client]) source.once('close', abandon);
  const write = createWriter(channel);
  const ended = [
    relay(child.stdout, (chunk) => write(channel, chunk)),
    relay(child.stderr, (chunk) => write(channel.stderr, chunk)),
  ];
  child.once('close', (exitCode, signal) => {
    client.off('close', abandon);
    // Nobody reads the rest of the input any more, and the channel is done only when somebody has.
    channel.unpipe().resume();
    void Promise.all(ended).then(() => finish(channel, { exitCode, signal }));
  });
}

function finish(
  channel: ServerChannel,
  { exitCode, signal }: { exitCode: number | null; signal: string | null },
): void {
  if (signal) channel.exit(signal.replace(/^SIG/, ''));
  else channel.exit(exitCode ?? 127);
  channel.end();
}

async function relay(source: Readable, write: (chunk: Buffer) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of source) await write(chunk as Buffer);
  } catch {
    // Destroyed: the channel is gone.
  }
}

/**
 * Writes to the two streams in turn. ssh2 1.17 (lib/server.js, CHANNEL_WINDOW_ADJUST) keeps the last chunk that
 * had to wait for the window and, when a chunk of the other stream waits later, writes the old one once more.
 */
function createWriter(channel: ServerChannel): (stream: Writable, chunk: Buffer) => Promise<void> {
  let last = Promise.resolve();
  return (stream, chunk) => {
    last = last.then(() => {
      Object.assign(channel, {
        _chunk: undefined,
        _chunkcb: undefined,
        _chunkErr: undefined,
        _chunkcbErr: undefined,
      });
      // On a closed channel this waits for ever, and so does nobody else: the command's end finds nobody there.
      return new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
    });
    return last;
  };
}

function signalGroup(child: Child, signal: string): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // An unknown signal, or the group is gone.
  }
}
