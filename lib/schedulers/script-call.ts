/** One call of a script on a server: its streams taken apart, and its end awaited. */

import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DrsError, TransportError } from '../errors.js';
import type { Stream } from '../core/log-policy.js';
import type { RemoteScript, Session, StartOptions } from '../transports/session.js';
import { MarkedStream } from './marked-stream.js';

/** A script that was started, and the mark that its own lines bear. */
export interface ScriptCall {
  readonly mark: string;
  readonly script: RemoteScript;
  readonly greetingMs: number;
}

/** Receives the output of a script, and the lines it says. While a promise is pending, no more is read. */
export interface ScriptReader {
  onOutput?(stream: Stream, bytes: Buffer): void | Promise<void>;
  onLine?(stream: Stream, line: string): void;
}

/** How a script is called. */
export interface CallOptions extends StartOptions {
  args: readonly string[];
  allowed?: Promise<void>;
  /** How long the login shell may take until the script greets, which is the first that it does. */
  greetingMs: number;
}

/** Starts a script and gives it its mark, without which it does nothing, when that is allowed. @throws TransportError */
export async function callScript(
  session: Session,
  script: string,
  { args, allowed, greetingMs, ...options }: CallOptions,
): Promise<ScriptCall> {
  const mark = randomBytes(16).toString('hex');
  const started = await session.start(script, args, options);
  // A write to a script that has gone is no event of its own: `end` tells.
  started.stdin.on('error', () => {});
  try {
    await allowed;
  } catch (error) {
    started.close();
    throw error;
  }
  started.stdin.write(`${mark}\n`);
  return { mark, script: started, greetingMs };
}

/**
 * Reads both streams of a script to their end.
 * @throws TransportError `connection_lost` | `deadline_passed`; DrsError `script_broken` when the script did not end with 0
 */
export async function readScript(
  { script, mark, greetingMs }: ScriptCall,
  reader: ScriptReader,
): Promise<void> {
  const greeting = deadline(greetingMs);
  const onLine: ScriptReader['onLine'] = (stream, line) => {
    greeting.clear();
    reader.onLine?.(stream, line);
  };
  const attentive = { ...reader, onLine };
  try {
    const ended = Promise.all([
      script.end,
      readStream(script.stdout, { mark, stream: 'stdout', reader: attentive }),
      readStream(script.stderr, { mark, stream: 'stderr', reader: attentive }),
    ]);
    const [end] = await Promise.race([ended, greeting.passed]);
    if (end.exitCode !== 0) throw brokenScript(end.exitCode, end.signal);
  } finally {
    greeting.clear();
    script.close();
  }
}

function deadline(ms: number): { passed: Promise<never>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSilent(ms)), ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

function tooSilent(ms: number): TransportError {
  const text = `The server took the connection, but began no script within ${ms / 1000} s.`;
  return new TransportError('deadline_passed', `${text} Check that its login shell does not wait there.`);
}

interface Source {
  mark: string;
  stream: Stream;
  reader: ScriptReader;
}

async function readStream(stream: Readable, { mark, stream: name, reader }: Source): Promise<void> {
  const marked = new MarkedStream(mark);
  for await (const bytes of stream) {
    for (const piece of marked.write(bytes as Buffer)) {
      if ('line' in piece) reader.onLine?.(name, piece.line);
      else await reader.onOutput?.(name, piece.output);
    }
  }
  for (const piece of marked.end()) if ('output' in piece) await reader.onOutput?.(name, piece.output);
}

/** From 90 on the scripts tell that something outside broke them off. */
function brokenScript(exitCode: number | null, signal: string | null): DrsError {
  const how = signal === null ? `with exit code ${exitCode}` : `by ${signal}`;
  return new DrsError(
    'script_broken',
    `The script that serves the job on the server ended ${how}. Is the disk full there, or the login shell restricted?`,
  );
}
