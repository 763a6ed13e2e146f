/** Takes files out of a tar stream. */

import { finished, Readable } from 'node:stream';
import { extract } from 'tar-stream';

/** One file that comes: `content` is read to its end before the next one comes. */
export type TakeFile = (name: string, size: number, content: Readable) => Promise<void>;

/**
 * Gives each file of the stream to `take`. A stream that breaks off, or is no tar, ends there, also when it broke off
 * before: a file that was torn by that fails in the hands of `take`.
 * @throws what `take` throws
 */
export async function takeTar(tar: Readable, take: TakeFile): Promise<void> {
  const entries = extract();
  entries.on('error', () => undefined);
  const stopListening = finished(tar, { writable: false }, (error) => {
    if (error) entries.destroy(error);
  });
  let failure: { reason: unknown } | null = null;
  try {
    for await (const entry of tar.pipe(entries)) {
      const { type, size = 0, name } = entry.header;
      try {
        if (type === 'file') await take(name.replace(/^\.\//, ''), size, contentOf(entry));
      } catch (reason) {
        failure = { reason };
        break;
      }
      entry.resume();
    }
  } catch {
    // The stream ended within a file, or is no tar: that is not the fault of who takes the files.
  } finally {
    stopListening();
    tar.unpipe(entries);
    tar.resume();
  }
  if (failure) throw failure.reason;
}

/**
 * An entry is no stream of Node's: `pipeline` does not see when it was destroyed before, and would wait for ever. What
 * reads it as an iterator is told.
 */
function contentOf(entry: AsyncIterable<unknown>): Readable {
  return Readable.from(entry, { objectMode: false });
}
