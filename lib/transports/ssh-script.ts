/** A script on an SSH channel, with streams that behave as those of a child process do. */

import { Writable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { Hello } from './greeting.js';
import { readFrom, whenEnded, whenSilent } from './script-streams.js';
import type { RemoteScript, ScriptEnd } from './session.js';

/** How a script is told that its connection is gone. */
export interface SshScript extends RemoteScript {
  /** `reason` is what `end` rejects with, in place of the usual one. */
  close(reason?: unknown): void;
  /** Rejects `end` with this reason, if the end is not known yet, and ends the streams. */
  fail(reason: unknown): void;
}

interface ScriptOptions {
  hello: Hello;
  /** As in StartOptions; it is known when the script is. */
  ending: { readonly endsItself: boolean };
  /** The channel closed without an exit status. */
  lost: () => Error;
  /** `close()` was called here. */
  closed: () => Error;
}

/** Wraps a channel on which the command was accepted. */
export function createSshScript(channel: ClientChannel, options: ScriptOptions): SshScript {
  const stdout = readFrom(channel, options.hello.stdout);
  const stderr = readFrom(channel.stderr, options.hello.stderr);
  const stdin = writeTo(channel);
  whenSilent(channel, [channel, channel.stderr], () => channel.close());
  let rejectEnd: (reason: unknown) => void = () => undefined;
  const end = new Promise<ScriptEnd>((resolve, reject) => {
    rejectEnd = reject;
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
    rejectEnd(reason);
    stdin.destroy();
  };
  return {
    stdin,
    stdout,
    stderr,
    end,
    fail,
    close(reason) {
      rejectEnd(reason ?? options.closed());
      stdin.destroy();
      for (const stream of [stdout, stderr]) stream.destroy();
      // OpenSSH 7.9 and later pass it to the process group of the shell, as if a terminal had been closed; what
      // was detached runs on. A session whose shell lives on counts as one of the server's MaxSessions.
      // What has not greeted has no script yet that could end itself.
      if (!options.ending.endsItself || !options.hello.stdout.isFound) channel.signal('HUP');
      channel.close();
    },
  };
}

function isClosedByServer({ incoming }: ClientChannel): boolean {
  return (incoming as { state?: unknown } | undefined)?.state === 'closed';
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
