/** Takes files out of a tar stream. */

import { Readable } from 'node:stream';
import { extract } from 'tar-stream';

/** One file that comes: `content` is read to its end before the next one comes. */
export type TakeFile = (name: string, size: number, content: Readable) => Promise<void>;

/**
 * Gives each file of the stream to `take`. A stream that breaks off, or is no tar, ends there: a file that was torn by
 * that fails in the hands of `take`.
 * @throws what `take` throws
 */
export async function takeTar(tar: Readable, take: TakeFile): Promise<void> {
  const entries = tar.pipe(extract());
  const broken: Error[] = [];
  entries.on('error', (error: Error) => void broken.push(error));
  tar.once('error', (error) => entries.destroy(error));
  try {
    for await (const entry of entries) {
      const { type, size = 0, name } = entry.header;
      if (type === 'file') await take(name.replace(/^\.\//, ''), size, contentOf(entry));
      entry.resume();
    }
  } catch (error) {
    if (!broken.some(isBrokenTar)) throw error;
  } finally {
    tar.unpipe(entries);
    tar.resume();
  }
}

/**
 * An entry is no stream of Node's: `pipeline` does not see when it was destroyed before, and would wait for ever. What
 * reads it as an iterator is told.
 */
function contentOf(entry: AsyncIterable<unknown>): Readable {
  return Readable.from(entry, { objectMode: false });
}

/** The stream ended within a file, or is no tar: that is not the fault of who takes the files. */
function isBrokenTar(error: Error): boolean {
  return /^(Unexpected end of data|Invalid)/.test(error.message);
}
