import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { disk } from '../../lib/index.js';
import { memoryStorage } from '../../lib/testing/index.js';
import { fileStorageContract } from '../../lib/testing/contracts/file-storage.js';
import { mountSmallDisk } from '../support/small-disk.js';
import { temporaryFolder } from '../support/temporary-folder.js';

fileStorageContract('on disk', async () => disk({ directory: await temporaryFolder('storage') }));
fileStorageContract('in memory', async () => memoryStorage());

describe('files on disk', () => {
  it('leave nothing behind when saving fails', async () => {
    const directory = await temporaryFolder('storage');
    await disk({ directory })
      .save(Readable.from(['abc']), { expectedBytes: 5 })
      .catch(() => undefined);
    const left = await readdir(directory, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).to.deep.equal([]);
  });

  it('leave nothing behind on a full disk, and say that it is full', async () => {
    const small = await mountSmallDisk({ path: await temporaryFolder('full'), bytes: 256 * 1024 });
    const storage = disk({ directory: small.path });
    const { key } = await storage.save(Buffer.from('kept'), { owner: 'a-job-1' });
    for (const content of [Buffer.alloc(1_000_000), Readable.from([Buffer.alloc(1_000_000)])]) {
      const error: unknown = await storage
        .save(content, { owner: 'a-job-1' })
        .catch((reason: unknown) => reason);
      expect(error).to.have.property('code', 'storage_full');
    }
    const left = await readdir(small.path, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).to.deep.equal([key.slice(3)]);
  });

  it('of one owner are brought to the disk together, each with its own content', async () => {
    const storage = disk({ directory: await temporaryFolder('storage') });
    const texts = Array.from({ length: 50 }, (_, i) => `content ${i}`);
    const saved = await Promise.all(
      texts.map((content) => storage.save(Buffer.from(content), { owner: 'a-job-1' })),
    );
    const contents = await Promise.all(saved.map(async ({ key }) => text(await storage.open(key))));
    expect(contents).to.deep.equal(texts);
  });
});
