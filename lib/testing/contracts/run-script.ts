/** Scripts as the suites run them. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { RemoteScript, Session } from '../../transports/session.js';

interface Run {
  stdout: string;
  stderr: string;
  exitCode: number | null;
  signal: string | null;
}

/** Runs a script to its end. */
export async function runScript(
  session: Session,
  script: string,
  args: readonly string[] = [],
): Promise<Run> {
  const running = await session.start(script, args);
  running.stdin.end();
  const [stdout, stderr, end] = await Promise.all([text(running.stdout), text(running.stderr), running.end]);
  return { stdout, stderr, ...end };
}

/** The error that a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & { code?: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code?: unknown };
  }
  assert.fail('This was expected to fail.');
}

/** Reads up to the first newline, and leaves the stream open. */
export async function firstLine({ stdout, stderr }: RemoteScript): Promise<string> {
  stderr.resume();
  let line = '';
  while (!line.includes('\n')) {
    const chunk = stdout.read() as Buffer | null;
    if (chunk) line += chunk.toString();
    else await once(stdout, 'readable');
  }
  stdout.removeAllListeners('readable');
  return line.trim();
}
