/** What every storage of result files does. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FileStorage } from '../../storage/file-storage.js';
import { errorOf } from './run-script.js';
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
    /** What is listed of an owner; nothing where nothing is listed. */
    const keysOf = async (owner: string): Promise<string[]> => {
      const keys: string[] = [];
      for await (const file of storage.list?.() ?? []) if (file.owner === owner) keys.push(file.key);
      return keys;
    };

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

    it('gives each file a key of its own', async () => {
      const saved = await Promise.all([storage.save(bytes), storage.save(Buffer.from('other'))]);
      const [first, second] = await Promise.all(
        saved.map(async ({ key }) => buffer(await storage.open(key))),
      );
      assert.deepEqual([first?.equals(bytes), second?.toString()], [true, 'other']);
    });

    for (const [what, expectedBytes] of [
      ['longer', bytes.length - 1],
      ['shorter', bytes.length + 1],
    ] as const) {
      it(`refuses what is ${what} than expected, and keeps nothing of it`, async () => {
        const owner = `a-job-${what}`;
        const error = await errorOf(storage.save(Readable.from([bytes]), { expectedBytes, owner }));
        assert.equal(error.code, 'size_mismatch');
        assert.deepEqual(await keysOf(owner), []);
      });
    }

    it('refuses a buffer of another size than expected', async () => {
      const error = await errorOf(storage.save(bytes, { expectedBytes: 5, owner: 'a-job-buffer' }));
      assert.equal(error.code, 'size_mismatch');
      assert.deepEqual(await keysOf('a-job-buffer'), []);
    });

    it('keeps nothing of a stream that fails', async () => {
      const broken = Readable.from(
        (async function* () {
          yield bytes;
          throw new Error('the connection was lost');
        })(),
      );
      const error = await errorOf(storage.save(broken, { owner: 'a-job-broken' }));
      assert.equal(error.message, 'the connection was lost');
      assert.deepEqual(await keysOf('a-job-broken'), []);
    });

    it('saves nothing with a signal that is aborted already', async () => {
      const options = { signal: AbortSignal.abort(), owner: 'a-job-late' };
      await errorOf(storage.save(bytes, options));
      await errorOf(storage.save(Readable.from([bytes]), options));
      assert.deepEqual(await keysOf('a-job-late'), []);
    });

    it('keeps nothing when its signal aborts on the way', async () => {
      const controller = new AbortController();
      const content = Readable.from(
        (async function* () {
          yield bytes;
          controller.abort();
          yield bytes;
        })(),
      );
      await errorOf(storage.save(content, { signal: controller.signal, owner: 'a-job-aborted' }));
      assert.deepEqual(await keysOf('a-job-aborted'), []);
    });

    it('opens nothing that was deleted, and deletes twice without complaint', async () => {
      const { key } = await storage.save(bytes);
      await storage.delete(key);
      await storage.delete(key);
      assert.equal((await errorOf(storage.open(key))).code, 'not_found');
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
        assert.equal((await errorOf(storage.open(key))).code, 'not_found');
      });
    }
  });
}
