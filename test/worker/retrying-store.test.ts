import { expect } from 'chai';
import { pino } from 'pino';
import { emptyLog, type AttemptStore, type Claim, type LogHead } from '../../lib/store/attempt-store.js';
import { answeringStore } from '../../lib/worker/answering-store.js';
import { retryingStore } from '../../lib/worker/retrying-store.js';

const claim = { attemptId: 1 } as Claim;
const logger = pino({ level: 'silent' });

/** A store of these methods alone. */
function retrying(methods: Partial<AttemptStore>): AttemptStore {
  const { signal } = new AbortController();
  return retryingStore(answeringStore(methods as AttemptStore, 20), { signal, logger });
}

describe('a database that loses an answer', () => {
  it('is asked again', async () => {
    let asked = 0;
    const store = retrying({
      resultNames() {
        asked += 1;
        return asked === 1 ? new Promise(() => undefined) : Promise.resolve(['a.csv']);
      },
    });
    expect(await store.resultNames(claim)).to.deep.equal(['a.csv']);
  });

  it('is given the same output once', async () => {
    let stored: LogHead = { ...emptyLog };
    const store = retrying({
      logHead: async () => stored,
      appendLog(_claim, head, chunks) {
        stored = { ...head, seq: head.seq + chunks.length };
        return new Promise(() => undefined);
      },
    });
    const chunk = { stream: 'stdout' as const, offset: 0, time: new Date(), content: Buffer.from('x') };
    expect(await store.appendLog(claim, { ...emptyLog }, [chunk])).to.include({ seq: 1 });
  });
});
