/** A script on an SSH channel, with streams that behave as those of a child process do. */

import { Readable, Writable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { RemoteScript, ScriptEnd } from './session.js';

/** How a script is told that its connection is gone. */
export interface SshScript extends RemoteScript {
  /** `reason` is what `end` rejects with, in place of the usual one. */
  close(reason?: unknown): void;
  /** Rejects `end` with this reason, if the end is not known yet, and ends the streams. */
  fail(reason: unknown): void;
}

interface ScriptOptions {
  /** As in StartOptions. */
  endsItself: boolean;
  /** The channel closed without an exit status. */
  lost: () => Error;
  /** `close()` was called here. */
  letGo: () => Error;
}

/** Wraps a channel on which the command was accepted. */
export function createSshScript(channel: ClientChannel, options: ScriptOptions): SshScript {
  const stdout = readFrom(channel);
  const stderr = readFrom(channel.stderr);
  const stdin = writeTo(channel);
  let letGo: (reason: unknown) => void = () => undefined;
  const end = new Promise<ScriptEnd>((resolve, reject) => {
    letGo = reject;
    whenEnded(channel, [stdout, stderr]).then(
      (known) => (known ? resolve(known) : reject(options.lost())),
      reject,
    );
  });
  // The owner may not look at it; that must not end the process.
  end.catch(() => undefined);
  const fail = (reason: unknown) => {
    // The server has said all there is; only our reader is not done yet.
    if (isClosedByServer(channel)) return;
    letGo(reason);
    stdin.destroy();
  };
  return {
    stdin,
    stdout,
    stderr,
    end,
    fail,
    close(reason) {
      letGo(reason ?? options.letGo());
      stdin.destroy();
      for (const stream of [stdout, stderr]) stream.destroy();
      // OpenSSH 7.9 and later pass it to the process group of the shell, as if a terminal had been closed; what
      // was detached runs on. A session whose shell lives on counts as one of the server's MaxSessions.
      if (!options.endsItself) channel.signal('HUP');
      channel.close();
    },
  };
}

/** How the script ended, after both streams were read to their end; null when the server did not say. */
async function whenEnded(channel: ClientChannel, streams: readonly Readable[]): Promise<ScriptEnd | null> {
  let known: ScriptEnd | null = null;
  channel.once('exit', (exitCode: number | null, signal?: string) => {
    known = { exitCode, signal: signal ?? null };
  });
  const closings = [channel, ...streams].map(
    (stream) => new Promise((resolve) => stream.once('close', resolve)),
  );
  await Promise.all(closings);
  return known;
}

function isClosedByServer({ incoming }: ClientChannel): boolean {
  return (incoming as { state?: unknown } | undefined)?.state === 'closed';
}

/**
 * ssh2's channel is one Duplex whose `destroy()` closes the whole channel: a reader that leaves a `for await`
 * would end the script. This one only stops reading, and lets the rest flow away.
 */
function readFrom(source: Readable): Readable {
  const output = new Readable({
    highWaterMark: 256 * 1024,
    read: () => void source.resume(),
    destroy(error, done) {
      source.resume();
      done(error);
    },
  });
  source.on('data', (chunk: Buffer) => {
    if (!output.destroyed && !output.push(chunk)) source.pause();
  });
  source.once('end', () => void output.push(null));
  source.pause();
  return output;
}

/**
 * ssh2's channel never calls back for what is written after the script's end, so a pipe into it would hang; this
 * one fails with EPIPE then, as a child process does.
 */
function writeTo(channel: ClientChannel): Writable {
  const input = new Writable({
    write: (chunk: Buffer, _encoding, done) => void channel.write(chunk, done),
    final(done) {
      channel.end();
      done();
    },
  });
  input.on('error', () => undefined);
  channel.once('close', () => {
    if (!input.writableFinished)
      input.destroy(Object.assign(new Error('The script has ended.'), { code: 'EPIPE' }));
  });
  return input;
}
