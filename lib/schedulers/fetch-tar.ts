/** Reads fetch.sh: a greeting, then nothing but tar on standard output, and names of changed files on the other. */

import { PassThrough, type Readable } from 'node:stream';
import { readScript, type ScriptCall } from './script-call.js';
import { splitNames } from './run-report.js';

/** Names are held in memory: what else writes there can make millions of them. */
const mostNameBytes = 32 * 1024 * 1024;

/**
 * Gives the tar stream to `onTar`; resolves to the names of files that changed meanwhile, when both are through.
 * null: so many that nobody knows all of them.
 */
export async function fetchTar(
  call: ScriptCall,
  onTar: (tar: Readable) => Promise<void>,
): Promise<string[] | null> {
  const tar = new PassThrough({ highWaterMark: 1024 * 1024 });
  const changed: Buffer[] = [];
  let nameBytes = 0;
  const reading = readScript(call, {
    onOutput(stream, bytes) {
      if (stream === 'stderr') {
        nameBytes += bytes.length;
        return nameBytes > mostNameBytes ? undefined : void changed.push(bytes);
      }
      if (!tar.write(bytes)) return new Promise((resume) => tar.once('drain', resume));
    },
  }).then(
    () => void tar.end(),
    (error: Error) => {
      tar.destroy(error);
      throw error;
    },
  );
  try {
    await Promise.all([reading, onTar(tar)]);
  } finally {
    tar.destroy();
    call.script.close();
  }
  return nameBytes > mostNameBytes ? null : splitNames(Buffer.concat(changed));
}
