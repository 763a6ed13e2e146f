/** Results as one archive, made while it is sent. */

import { PassThrough, type Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { ResultRecord } from '../protocol/records.js';

/** The archive of these results. Files are opened one after the other, each when its turn comes. */
export function zipResults<Result extends ResultRecord>(
  results: readonly Result[],
  openFile: (result: Result) => Promise<Readable>,
): Readable {
  const zip = new ZipFile();
  const output = new PassThrough();
  const names = new Set<string>();
  let open: Readable | undefined;
  for (const result of results) {
    const { remoteFilename, size, createdAt } = result;
    const name = uniqueName(safeName(remoteFilename), names);
    zip.addReadStreamLazy(name, { size, mtime: createdAt }, (give) => {
      openFile(result).then(
        (content) => {
          open = content;
          if (output.destroyed) content.destroy();
          content.on('error', (error) => output.destroy(error));
          give(null, content);
        },
        (error: unknown) => give(error, new PassThrough()),
      );
    });
  }
  zip.on('error', (error: Error) => output.destroy(error));
  output.on('close', () => open?.destroy());
  zip.end();
  zip.outputStream.pipe(output);
  return output;
}

/** A name that stays inside the folder it is unpacked into, on every system. */
export function safeName(remoteFilename: string): string {
  const parts = remoteFilename.split('/').filter((part) => part !== '' && part !== '.');

  const safe = parts.map((part) => (part === '..' ? '_' : part.replace(/[\\:\u0000-\u001f]/g, '_')));
  return safe.join('/') || '_';
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let count = 2; taken.has(unique); count += 1) unique = `${name} (${count})`;
  taken.add(unique);
  return unique;
}
