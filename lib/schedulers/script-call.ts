/** One call of a script on a server: its streams taken apart, and its end awaited. */

import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { OutputTail } from '../transports/output-tail.js';
import type { Stream } from '../protocol/log-policy.js';
import { DrsError } from '../errors.js';
import type { RemoteScript, ScriptEnd, Session, StartOptions } from '../transports/session.js';
import { MarkedStream } from './marked-stream.js';
import { SilenceWatch, type Silence } from './silence-watch.js';

/** A script that was started, and the mark that its own lines bear. */
export interface ScriptCall {
  readonly mark: string;
  readonly script: RemoteScript;
  readonly silence?: Silence | undefined;
}

/** Receives the output of a script, and the lines it says. While a promise is pending, no more is read. */
export interface ScriptReader {
  /** What a stream holds before the first line that the script says on it is no output: a shell's complaint. */
  onOutput?(stream: Stream, bytes: Buffer): void | Promise<void>;
  onLine?(stream: Stream, line: string): void;
}

/** How a script is called. */
export interface CallOptions extends StartOptions {
  args: readonly string[];
  /** Left out: it may be silent as long as it likes. */
  silence?: Silence;
}

/** The words of a script that a message shows. */
const mostCharacters = 300;

/**
 * Starts a script, with its mark in `$mark` from its first line on.
 * @throws TransportError as `Session.start`
 */
export async function callScript(
  session: Session,
  script: string,
  { args, silence, ...options }: CallOptions,
): Promise<ScriptCall> {
  const mark = randomBytes(16).toString('hex');
  const started = await session.start(`mark=${mark}\n${script}`, args, options);
  // A write to a script that has gone is no event of its own: `end` tells.
  started.stdin.on('error', () => {});
  return { mark, script: started, silence };
}

const pieceBytes = 64 * 1024;

/** Gives a script its input in pieces: that it takes them is a sign of life. */
export function sendTo({ script: { stdin } }: ScriptCall, input: Buffer): void {
  for (let at = 0; at < input.length; at += pieceBytes) stdin.write(input.subarray(at, at + pieceBytes));
}

/**
 * Reads both streams of a script to their end.
 * @throws TransportError `connection_lost`, or `deadline_passed` when it was silent for too long; DrsError `script_broken`, or `script_silent` without a word, when the script did not end with 0
 */
export async function readScript(call: ScriptCall, reader: ScriptReader): Promise<void> {
  const { script, mark } = call;
  const words = new OutputTail(mostCharacters);
  const watch = new SilenceWatch(script, call.silence);
  const source = { mark, words, watch, reader };
  try {
    const [end] = await Promise.race([
      watch.passed,
      Promise.all([
        script.end,
        readStream(script.stdout, { ...source, stream: 'stdout' }),
        readStream(script.stderr, { ...source, stream: 'stderr' }),
      ]),
    ]);
    if (end.exitCode !== 0) throw brokenScript(end, words.text);
  } finally {
    watch.stop();
    script.close();
  }
}

interface Source {
  mark: string;
  stream: Stream;
  reader: ScriptReader;
  /** Collects what is no output. */
  words: OutputTail;
  watch: SilenceWatch;
}

async function readStream(
  stream: Readable,
  { mark, stream: name, reader, words, watch }: Source,
): Promise<void> {
  const marked = new MarkedStream(mark);
  let hasSpoken = false;
  const take = async (output: Buffer): Promise<void> => {
    if (hasSpoken && reader.onOutput) await watch.during(reader.onOutput(name, output));
    else words.add(output);
  };
  for await (const bytes of stream) {
    watch.hear();
    for (const piece of marked.write(bytes as Buffer)) {
      if ('output' in piece) await take(piece.output);
      else {
        hasSpoken = true;
        reader.onLine?.(name, piece.line);
      }
    }
  }
  for (const piece of marked.end()) if ('output' in piece) await take(piece.output);
}

/** The last line that a script wrote to its standard output. @throws what `readScript` throws: TransportError, DrsError `script_broken` | `script_silent` */
export async function lastLineOf(call: ScriptCall, onLine?: (line: string) => void): Promise<string> {
  let last = '';
  await readScript(call, {
    onLine(stream, line) {
      if (stream !== 'stdout') return;
      last = line;
      onLine?.(line);
    },
  });
  return last;
}

/** From 90 on the scripts tell that something outside broke them off. */
function brokenScript({ exitCode, signal }: ScriptEnd, words: string): DrsError {
  const how = signal === null ? `with exit code ${exitCode}` : `by ${signal}`;
  const why = words
    ? `It said: "${words}".`
    : 'It said nothing. Is the disk full there, or can no process more be started?';
  return new DrsError(
    words ? 'script_broken' : 'script_silent',
    `The script that serves the job on the server ended ${how}. ${why}`,
  );
}
