import { expect } from 'chai';
import { Readable } from 'node:stream';
import { DrsError } from '../../lib/errors.js';
import { defaultLimits } from '../../lib/limits.js';
import { emptyListing } from '../../lib/schedulers/list-files.js';
import type { Fetched, FoundFile, Listing, Workspace } from '../../lib/schedulers/scheduler.js';
import type { FileStorage } from '../../lib/storage/file-storage.js';
import { memoryStorage } from '../../lib/storage/memory.js';
import type { Session } from '../../lib/transports/session.js';
import type { NewResult } from '../../lib/store/attempt-store.js';
import { collectResults } from '../../lib/worker/collect-results.js';
import type { ActiveAttempt, WorkerDependencies } from '../../lib/worker/worker-dependencies.js';

const file = (name: string, size = 10, signature = '1'): FoundFile => ({ name, size, signature });
const whole: Fetched = { changed: [], missing: [], problem: null };

interface Case {
  files: FoundFile[];
  /** One for each time that the server is asked. */
  answers: Partial<Fetched>[];
  known?: string[];
  listing?: Partial<Listing>;
  storage?: FileStorage;
}

const location = { directory: '', name: 'job-1', controlRoot: null, controlDirectory: null };

async function keysOf(storage: FileStorage): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list?.() ?? []) keys.push(key);
  return keys;
}

/** Collects files from a server that answers so. */
async function collect({ files, answers, known = [], listing, storage = memoryStorage() }: Case) {
  const stored: NewResult[] = [];
  const asked: string[][] = [];
  const fetchFiles: Workspace['fetchFiles'] = async (_session, _place, request) => {
    asked.push(request.files.map(({ name }) => name));
    const answer = { ...whole, ...answers[asked.length - 1] };
    for (const wanted of request.files) {
      if (answer.missing.includes(wanted.name)) continue;
      await request.onFile(wanted, Readable.from([Buffer.alloc(wanted.size)]));
    }
    return answer;
  };
  const store = {
    resultNames: async () => known,
    addResults: async (_claim: unknown, results: readonly NewResult[]) => void stored.push(...results),
  };
  const limits = { ...defaultLimits, resultBytes: 1_000 };
  const note = await collectResults(
    {
      store,
      limits,
      storage,
      schedulers: { direct: { workspace: { fetchFiles } } },
    } as unknown as WorkerDependencies,
    {
      claim: { storeResults: null, isRemote: false },
      detached: new AbortController().signal,
    } as unknown as ActiveAttempt,
    { session: {} as Session, location, listing: { ...emptyListing(), files, ...listing } },
  );
  const keys = await keysOf(storage);
  expect(keys).to.have.members(stored.map(({ storageKey }) => storageKey));
  return { note, asked, names: stored.map(({ remoteFilename }) => remoteFilename) };
}

describe('collecting results', () => {
  it('reads a file that changed again, and counts it once', async () => {
    const changed = [file('a', 900, '2')];
    expect(await collect({ files: [file('a', 600), file('b')], answers: [{ changed }, {}] })).to.deep.equal({
      note: null,
      asked: [['a', 'b'], ['a']],
      names: ['b', 'a'],
    });
  });

  it('leaves a file that grew over the limit, or does not come to rest, and says so', async () => {
    const changed = [file('a', 991, '2'), file('c', 11, '2')];
    const again = [file('c', 12, '3')];
    const { note, names } = await collect({
      files: [file('a'), file('b'), file('c')],
      answers: [{ changed }, { changed: again }, { changed: again }],
    });
    expect(names).to.deep.equal(['b']);
    expect(note).to.equal(
      'Files that something still writes to were left: c. 1 results over the limit of 1000 bytes were left: a.',
    );
  });

  it('never asks for what is over the limit', async () => {
    const { asked, note } = await collect({ files: [file('big', 2_000), file('small')], answers: [] });
    expect(asked).to.deep.equal([['small']]);
    expect(note).to.equal('1 results over the limit of 1000 bytes were left: big.');
  });

  it('says which files did not come, and what was lacking', async () => {
    const answers = [{ missing: ['a'], problem: 'There is no tar.' }];
    expect(await collect({ files: [file('a'), file('b')], answers })).to.deep.include({
      note: 'There is no tar. Files that could not be read were left: a.',
      names: ['b'],
    });
  });

  it('keeps names that are stored already', async () => {
    const outcome = await collect({ files: [file('a', 995), file('b', 5)], answers: [], known: ['a'] });
    expect(outcome).to.deep.equal({ note: null, asked: [['b']], names: ['b'] });
  });

  it('asks for nothing where the directory is gone, and says so', async () => {
    const problem = 'The remote directory is gone, and what was in it.';
    expect(await collect({ files: [], answers: [], listing: { problem } })).to.deep.equal({
      ...{ note: problem, asked: [], names: [] },
    });
  });

  it('leaves nothing in the storage when that is full', async () => {
    const storage = memoryStorage();
    let count = 0;
    const filling: FileStorage = {
      ...storage,
      async save(content, options) {
        count += 1;
        if (count === 5) throw new DrsError('storage_full', 'The disk is full.');
        return storage.save(content, options);
      },
    };
    const files = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => file(name));
    const error: unknown = await collect({ files, answers: [], storage: filling }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.have.property('code', 'storage_full');
    expect(await keysOf(storage)).to.deep.equal([]);
  });
});
