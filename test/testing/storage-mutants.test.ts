import { expect } from 'chai';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileStorageContract, memoryStorage } from '../../lib/testing/index.js';
import type { FileStorage } from '../../lib/index.js';
import { failureOf } from './run-case.js';

type Save = FileStorage['save'];

/** Breaks one rule of a storage that keeps them all. */
type Break = (whole: FileStorage) => Partial<FileStorage>;

/** What comes of a stream before it fails. */
async function headOf(content: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of content) pieces.push(Buffer.from(piece as Uint8Array));
  } catch {
    // That is all.
  }
  return Buffer.concat(pieces);
}

const keepingHalves =
  ({ save }: FileStorage): Save =>
  async (content, options = {}) => {
    if (Buffer.isBuffer(content)) return save(content, options);
    const head = await headOf(content);
    if (!content.errored) return save(head, options);
    await save(head, { owner: options.owner });
    throw content.errored;
  };

const mutants: Record<string, [Break, string]> = {
  'keeps the first half of a stream that fails': [
    (whole) => ({ save: keepingHalves(whole) }),
    'keeps nothing of a stream that fails',
  ],
  'keeps what has another size than expected': [
    (whole) => ({
      async save(content, options) {
        const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
        await whole.save(bytes, { owner: options?.owner });
        return whole.save(bytes, options);
      },
    }),
    'refuses what is longer than expected, and keeps nothing of it',
  ],
  'takes a longer stream than expected': [
    ({ save }) => ({
      async save(content, { expectedBytes, ...options } = {}) {
        const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
        return save(bytes.subarray(0, expectedBytes), options);
      },
    }),
    'refuses what is longer than expected, and keeps nothing of it',
  ],
  'takes a shorter stream than expected': [
    ({ save }) => ({
      async save(content, { expectedBytes, ...options } = {}) {
        const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
        return save(
          bytes,
          expectedBytes !== undefined && bytes.length > expectedBytes ? { expectedBytes } : options,
        );
      },
    }),
    'refuses what is shorter than expected, and keeps nothing of it',
  ],
  'ignores the size of a buffer': [
    ({ save }) => ({
      save: (content, { expectedBytes, ...options } = {}) =>
        save(content, Buffer.isBuffer(content) ? options : { ...options, expectedBytes }),
    }),
    'refuses a buffer of another size than expected',
  ],
  'ignores a signal that is aborted already': [
    ({ save }) => ({
      save: (content, { signal, ...options } = {}) =>
        save(content, signal?.aborted === true ? options : { ...options, signal }),
    }),
    'saves nothing with a signal that is aborted already',
  ],
  'ignores a signal that aborts on the way': [
    ({ save }) => ({
      save: (content, { signal, ...options } = {}) =>
        save(content, signal?.aborted === true ? { ...options, signal } : options),
    }),
    'keeps nothing when its signal aborts on the way',
  ],
  'says another size than it stored': [
    ({ save }) => ({ save: async (content, options) => ({ ...(await save(content, options)), size: 1 }) }),
    'gives back what was saved from a stream',
  ],
  'leaves the last byte of a range out': [
    ({ open }) => ({ open: (key, range) => open(key, range && { ...range, end: range.end - 1 }) }),
    'gives a range with both ends included',
  ],
  'deletes nothing': [
    () => ({ delete: async () => undefined }),
    'opens nothing that was deleted, and deletes twice without complaint',
  ],
  'complains of a second delete': [
    (whole) => ({
      async delete(key) {
        (await whole.open(key)).destroy();
        await whole.delete(key);
      },
    }),
    'opens nothing that was deleted, and deletes twice without complaint',
  ],
  'lists nothing': [
    () => ({ list: () => Readable.from([]) as AsyncIterable<never> }),
    'lists the files that have an owner, where it lists any',
  ],
  'gives two files one key': [
    (whole) => ({
      async save(content, options) {
        const { size } = await whole.save(content, options);
        return { key: 'one', size };
      },
    }),
    'gives each file a key of its own',
  ],
};

describe('the suite of file storages finds one that', () => {
  for (const [fault, [breakIt, title]] of Object.entries(mutants)) {
    it(fault, async () => {
      const make = async () => {
        const whole = memoryStorage();
        return { ...whole, ...breakIt(whole) };
      };
      const failure = await failureOf((runner) => fileStorageContract('broken', make, runner), title);
      expect(failure).to.be.an('error');
    });
  }
});
