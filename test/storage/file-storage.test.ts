import { expect } from 'chai';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { disk } from '../../lib/index.js';
import { memoryStorage } from '../../lib/testing/index.js';
import { fileStorageContract } from '../contracts/file-storage.js';

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'drs-storage-'));

fileStorageContract('on disk', async () => disk({ directory: await folder() }));
fileStorageContract('in memory', async () => memoryStorage());

describe('files on disk', () => {
  it('leave nothing behind when saving fails', async () => {
    const directory = await folder();
    await disk({ directory })
      .save(Readable.from(['abc']), { expectedBytes: 5 })
      .catch(() => undefined);
    const left = await readdir(directory, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).to.deep.equal([]);
  });
});
