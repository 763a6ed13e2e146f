/** The output of a script as it is read here, and its end. */

import type { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { HelloSearch } from './greeting.js';
import type { ScriptEnd } from './session.js';

/** Where a script runs: an SSH channel, or a process of this machine. */
type Running = Pick<EventEmitter, 'once'>;

/** After the exit status, output may still be on its way; what was left behind may hold the streams for ever. */
const lastOutputMs = 1000;
/** Of a script that has greeted, more is lost if the rest is only slow. */
const silenceMs = 5000;

/**
 * What comes after the hello. Until then the source flows, so that a login shell that says much is not stopped.
 *
 * ssh2's channel is one Duplex whose `destroy()` closes the whole channel: a reader that leaves a `for await`
 * would end the script. This one only stops reading, and lets the rest flow away.
 */
export function readFrom(source: Readable, hello: HelloSearch): Readable {
  const output = new Readable({
    highWaterMark: 256 * 1024,
    read: () => void source.resume(),
    destroy(error, done) {
      source.resume();
      done(error);
    },
  });
  source.on('data', (chunk: Buffer) => {
    const bytes = hello.output(chunk);
    if (bytes.length > 0 && !output.destroyed && !output.push(bytes)) source.pause();
  });
  for (const over of ['end', 'close']) source.once(over, () => void output.push(null));
  return output;
}

/** Calls `end` when a script has ended and nothing more comes, though something left behind holds its streams. */
export function whenSilent(running: Running, sources: readonly Readable[], end: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    // Whoever reads is slow: there may be more.
    if (sources.some((source) => source.isPaused())) wait();
    else end();
  };
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(look, silenceMs);
    timer.unref();
  };
  running.once('exit', () => {
    wait();
    for (const source of sources) source.on('data', wait);
  });
  running.once('close', () => {
    clearTimeout(timer);
    for (const source of sources) source.off('data', wait);
  });
}

/** How the script ended, after both streams were read to their end; null when nobody said. */
export async function whenEnded(running: Running, streams: readonly Readable[]): Promise<ScriptEnd | null> {
  let known: ScriptEnd | null = null;
  running.once('exit', (exitCode: number | null, signal?: string) => {
    known = { exitCode, signal: nameOf(signal) };
  });
  const closings = [running, ...streams].map(
    (stream) => new Promise((resolve) => stream.once('close', resolve)),
  );
  await Promise.all(closings);
  return known;
}

/** How the script ended, whether or not somebody reads. @param lost what it rejects with when nobody said */
export function whenOver(running: Running, lost: () => Error): Promise<ScriptEnd> {
  const over = new Promise<ScriptEnd>((resolve, reject) => {
    let known: ScriptEnd | undefined;
    running.once('exit', (exitCode: number | null, signal?: string) => {
      const end = (known = { exitCode, signal: nameOf(signal) });
      setTimeout(() => resolve(end), lastOutputMs).unref();
    });
    running.once('close', () => (known ? resolve(known) : reject(lost())));
  });
  over.catch(() => undefined);
  return over;
}

/** Signals that the protocol does not know, such as SIGXFSZ, come from OpenSSH as `SIG@openssh.com` (RFC 4254, 6.10). */
function nameOf(signal: string | null | undefined): string | null {
  if (signal === null || signal === undefined) return null;
  const [name = ''] = signal.replace(/^SIG(?=SIG)/, '').split('@');
  return /^SIG[A-Z]\w*$/.test(name) ? name : 'a signal that the server does not name';
}
