import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { takeTar } from '../../lib/schedulers/take-tar.js';

/** A tar of one file, up to somewhere within it. */
async function beginningOfTar(): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: './a.bin' }, Buffer.alloc(300_000, 'a'));
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const part of tar) parts.push(part as Buffer);
  return Buffer.concat(parts).subarray(0, 100_000);
}

describe('a tar stream', () => {
  it('that breaks off before a file is read fails in the hands of whoever reads it', async () => {
    const tar = new PassThrough();
    tar.write(await beginningOfTar());
    let failure: unknown = null;
    const taken = takeTar(tar, async (_name, _size, content) => {
      tar.destroy(new Error('The connection was lost.'));
      await new Promise((resolve) => tar.once('close', resolve));
      await new Promise(setImmediate);
      failure = await pipeline(content, new PassThrough().resume()).catch((error: unknown) => error);
    });
    await taken.catch(() => undefined);
    expect(failure).to.be.instanceOf(Error);
  });
});
