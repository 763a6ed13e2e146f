import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { pack } from 'tar-stream';
import { defaultLimits } from '../../lib/limits.js';
import type { Scheduler } from '../../lib/schedulers/scheduler.js';
import { memoryStorage } from '../../lib/storage/memory.js';
import type { NewResult } from '../../lib/worker/attempt-store.js';
import { collectResults } from '../../lib/worker/collect-results.js';
import type { ActiveAttempt, WorkerParts } from '../../lib/worker/parts.js';
import type { Session } from '../../lib/transports/session.js';

interface Answer {
  sent: { name: string; size: number }[];
  changed?: string[];
}

/** Collects the files `a` and `b` from a server that answers so, one answer for each question. */
async function collect(answers: Answer[], resultBytes = 1_000) {
  const stored: NewResult[] = [];
  const fetchFiles: Scheduler['fetchFiles'] = async (_session, _place, { onTar }) => {
    const { sent, changed = [] } = answers.shift() ?? { sent: [] };
    const tar = pack();
    for (const { name, size } of sent) tar.entry({ name: `./${name}` }, 'x'.repeat(size));
    tar.finalize();
    await onTar(tar.pipe(new PassThrough()));
    return changed;
  };
  const store = {
    resultNames: async () => [],
    addResults: async (_claim: unknown, results: readonly NewResult[]) => void stored.push(...results),
  };
  const limits = { ...defaultLimits, resultBytes };
  const note = await collectResults(
    { store, limits, storage: memoryStorage(), scheduler: { fetchFiles } } as unknown as WorkerParts,
    { claim: { storeResults: null }, letGo: new AbortController().signal } as unknown as ActiveAttempt,
    {
      session: {} as Session,
      place: { directory: '', name: 'job-1' },
      files: ['a', 'b'],
      isCut: false,
    },
  );
  return { note, names: stored.map(({ remoteFilename }) => remoteFilename) };
}

describe('collecting results', () => {
  it('takes no file that was not asked for, and none twice', async () => {
    const sent = ['a', '../c', 'a', 'd', 'b'].map((name) => ({ name, size: 10 }));
    expect(await collect([{ sent }])).to.deep.equal({ note: null, names: ['a', 'b'] });
  });

  it('counts a file that was torn, and read again, once', async () => {
    const torn = {
      sent: [
        { name: 'a', size: 600 },
        { name: 'b', size: 10 },
      ],
      changed: ['a'],
    };
    const whole = { sent: [{ name: 'a', size: 600 }] };
    expect(await collect([torn, whole])).to.deep.equal({ note: null, names: ['b', 'a'] });
  });

  it('says which files did not come', async () => {
    expect(await collect([{ sent: [{ name: 'b', size: 10 }] }])).to.deep.equal({
      note: 'Files that could not be read were left: a.',
      names: ['b'],
    });
    const later = [{ sent: [{ name: 'b', size: 10 }], changed: ['a'] }, { sent: [{ name: 'a', size: 10 }] }];
    expect(await collect(later)).to.deep.equal({ note: null, names: ['b', 'a'] });
  });
});
