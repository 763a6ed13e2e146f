/** Runs a short script to its end, and keeps what it says. */

import type { Readable } from 'node:stream';
import type { RemoteScript } from '../../lib/transports/session.js';

/** More than this of a script's output is dropped. */
const maxBytes = 16_384;

/** What it printed, and its exit code. @throws TransportError */
export async function readScript(script: RemoteScript): Promise<{ stdout: string; exitCode: number | null }> {
  try {
    script.stdin.end();
    const [stdout, , { exitCode }] = await Promise.all([
      text(script.stdout),
      text(script.stderr),
      script.end,
    ]);
    return { stdout, exitCode };
  } finally {
    script.close();
  }
}

async function text(stream: Readable): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    if (length < maxBytes) parts.push(part);
    length += part.length;
  }
  return Buffer.concat(parts).toString('utf8');
}
