/** What every storage of result files does. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FileStorage } from '../../storage/file-storage.js';
import { globalRunner, type TestRunner } from './test-runner.js';

/**
 * Defines the tests of a storage of result files.
 *
 * @param name its name in the titles
 * @param make a storage that holds nothing yet
 * @param runner default: the global functions of mocha
 * @throws TypeError when there is no test runner
 * @example fileStorageContract('s3', async () => s3({ bucket: 'test' }));
 */
export function fileStorageContract(
  name: string,
  make: () => Promise<FileStorage>,
  runner: TestRunner = globalRunner(),
): void {
  const { describe, it, before } = runner;
  describe(`storing files: ${name}`, () => {
    let storage: FileStorage;
    before(async () => {
      storage = await make();
    });
    const bytes = randomBytes(300_000);

    it('gives back what was saved from a stream', async () => {
      const { key, size } = await storage.save(
        Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]),
      );
      assert.equal(size, bytes.length);
      assert.ok((await buffer(await storage.open(key))).equals(bytes));
    });

    it('gives back what was saved from a buffer', async () => {
      const { key } = await storage.save(bytes);
      assert.ok((await buffer(await storage.open(key))).equals(bytes));
    });

    it('gives a range with both ends included', async () => {
      const { key } = await storage.save(bytes);
      const part = await buffer(await storage.open(key, { start: 10, end: 19 }));
      assert.ok(part.equals(bytes.subarray(10, 20)));
    });

    it('keeps an empty file', async () => {
      const { key, size } = await storage.save(Buffer.alloc(0), { expectedBytes: 0 });
      assert.equal(size, 0);
      assert.equal((await buffer(await storage.open(key))).length, 0);
    });

    it('refuses a stream of another size than expected', async () => {
      const error: unknown = await storage
        .save(Readable.from([bytes]), { expectedBytes: 5 })
        .catch((reason: unknown) => reason);
      assert.equal((error as { code?: unknown }).code, 'size_mismatch');
    });

    it('fails with the stream that it reads', async () => {
      const broken = new Readable({
        read() {
          this.destroy(new Error('the connection was lost'));
        },
      });
      const error: unknown = await storage.save(broken).catch((reason: unknown) => reason);
      assert.equal((error as { message?: unknown }).message, 'the connection was lost');
    });

    it('opens nothing that was deleted, and deletes twice without complaint', async () => {
      const { key } = await storage.save(bytes);
      await storage.delete(key);
      await storage.delete(key);
      const error: unknown = await storage.open(key).catch((reason: unknown) => reason);
      assert.equal((error as { code?: unknown }).code, 'not_found');
    });

    it('lists the files that have an owner, where it lists any', async () => {
      const { key } = await storage.save(bytes, { owner: 'a-job-1' });
      await storage.save(bytes);
      const listed = [];
      for await (const file of storage.list?.() ?? [{ key, owner: 'a-job-1' }]) listed.push(file);
      assert.deepEqual(listed, [{ key, owner: 'a-job-1' }]);
      await storage.delete(key);
      for await (const file of storage.list?.() ?? []) assert.notEqual(file.key, key);
    });

    for (const key of ['../../etc/passwd', '/etc/passwd', 'aa/../../etc/passwd', '']) {
      it(`opens nothing under the foreign key "${key}"`, async () => {
        const error: unknown = await storage.open(key).catch((reason: unknown) => reason);
        assert.equal((error as { code?: unknown }).code, 'not_found');
      });
    }
  });
}
