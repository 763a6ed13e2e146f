/** Runs a short script to its end, and keeps what it says. */

import type { Readable } from 'node:stream';
import type { RemoteScript } from '../../lib/transports/session.js';

/** More than this of a script's output is dropped. */
const maxBytes = 16_384;

/** What a script printed, and its exit code. */
export interface ReadScript {
  stdout: string;
  stderr: string;
  exitCode: number | null;
}

/** Reads it to its end. @throws TransportError */
export async function readScript(script: RemoteScript): Promise<ReadScript> {
  try {
    script.stdin.end();
    const [stdout, stderr, { exitCode }] = await Promise.all([
      text(script.stdout),
      text(script.stderr),
      script.end,
    ]);
    return { stdout, stderr, exitCode };
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
