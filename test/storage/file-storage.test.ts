import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { disk } from '../../lib/index.js';
import { memoryStorage } from '../../lib/testing/index.js';
import { fileStorageContract } from '../contracts/file-storage.js';
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
});
