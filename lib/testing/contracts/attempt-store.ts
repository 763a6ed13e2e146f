/** What every store of attempts does: one holder at a time, and nothing written by one that is no holder any more. */

import assert from 'node:assert/strict';
import type { Began, Ended } from '../../protocol/attempt-records.js';
import type { Ticket } from '../../queue/job-queue.js';
import { emptyLog, type AttemptStore, type Claim, type Ending } from '../../store/attempt-store.js';
import { errorOf } from './run-script.js';
import { globalRunner, type TestRunner } from './test-runner.js';

/** A store, and what hands it attempts. */
export interface AttemptStoreUnderTest {
  store: AttemptStore;
  /** Submits a new job, to run with the app's own key, in a directory of its own. */
  submit(): Promise<Ticket>;
  /** Says that the attempt is to be cancelled. */
  cancel(ticket: Ticket): Promise<void>;
  /** Called after the suite. */
  close?(): Promise<void>;
}

const controlRoot = { id: '00112233445566778899aabbccddeeff', path: '/home/ann/.drs' };
const began: Began = {
  machine: 'host:boot:1',
  pid: 4711,
  since: '8812',
  listing: { kind: 'made', time: 1_700_000_000 },
};
const ended: Ended = { code: 0, reason: 'exit', signal: null, sizes: { stdout: 4, stderr: 0 }, notes: [] };
const success: Ending = { status: 'success', failureReason: null, exitCode: 0, signal: null, message: null };

/**
 * Defines the tests of a store of attempts.
 *
 * @param name its name in the titles
 * @param open makes one that holds nothing
 * @param runner default: the global functions of mocha
 * @throws TypeError when there is no test runner
 * @example attemptStoreContract('my store', openMyStore);
 */
export function attemptStoreContract(
  name: string,
  open: () => Promise<AttemptStoreUnderTest>,
  runner: TestRunner = globalRunner(),
): void {
  const { describe, it, before, after } = runner;
  describe(`${name} is a store of attempts`, () => {
    let at: AttemptStoreUnderTest;
    before(async () => {
      at = await open();
    });
    after(async () => at.close?.());

    const claim = (ticket: Ticket, leaseMs = 60_000) => at.store.claim(ticket, { workerId: 'one', leaseMs });
    const claimed = async (ticket?: Ticket): Promise<Claim> => {
      const held = await claim(ticket ?? (await at.submit()));
      assert.ok(held);
      return held;
    };
    const running = async (): Promise<Claim> => {
      const held = await claimed();
      await at.store.permit(held, { controlRoot, directory: `/home/ann/${held.jobId}` });
      await at.store.markRunning(held, began);
      return held;
    };
    /** Another holder, once the first has given it up. */
    const takeOver = async (held: Claim): Promise<Claim> => {
      await at.store.release(held);
      return claimed({ jobId: held.jobId, attempt: held.attempt });
    };

    it('gives an attempt to one of many who claim it at once', async () => {
      const ticket = await at.submit();
      const claims = await Promise.all(Array.from({ length: 8 }, () => claim(ticket)));
      assert.equal(claims.filter((held) => held !== null).length, 1);
    });

    it('gives no attempt that nobody submitted', async () => {
      assert.equal(await claim({ jobId: 2_000_000_000, attempt: 1 }), null);
    });

    it('raises the fencing number with each claim', async () => {
      const first = await claimed();
      assert.ok((await takeOver(first)).fence > first.fence);
    });

    it('tells who asks whether it is still held, and whether a cancel is wanted', async () => {
      const held = await running();
      await at.cancel({ jobId: held.jobId, attempt: held.attempt });
      const [answer] = await at.store.renew([held], 60_000);
      assert.deepEqual(answer, { attemptId: held.attemptId, isHeld: true, isCancelRequested: true });
      await at.store.release(held);
      assert.equal((await at.store.renew([held], 60_000))[0]?.isHeld, false);
    });

    it('lets nobody write who was replaced', async () => {
      const old = await running();
      await takeOver(old);
      for (const write of [
        () => at.store.markRunning(old, began),
        () => at.store.markEnded(old, ended),
        () => at.store.appendLog(old, emptyLog, [chunk('late')]),
        () => at.store.addResults(old, [{ remoteFilename: 'late', size: 1, storageKey: 'late' }]),
        () => at.store.defer(old, { nextTryAt: new Date(), message: 'late' }),
        () => at.store.finish(old, success),
      ]) {
        assert.equal((await errorOf(write())).name, 'ClaimLostError');
      }
    });

    it('permits no start where a cancel is wanted', async () => {
      const held = await claimed();
      await at.cancel({ jobId: held.jobId, attempt: held.attempt });
      const permit = at.store.permit(held, { controlRoot, directory: '/home/ann/cancelled' });
      assert.equal((await errorOf(permit)).name, 'ClaimLostError');
    });

    it('permits no second start in a directory before the first has ended', async () => {
      const [first, second] = [await claimed(), await claimed()];
      const where = { controlRoot, directory: '/home/ann/shared' };
      await at.store.permit(first, where);
      assert.equal((await errorOf(at.store.permit(second, where))).name, 'DirectoryInUseError');
    });

    it('gives the next holder what was permitted, began and ended', async () => {
      const first = await running();
      const second = await takeOver(first);
      assert.deepEqual([second.isPermitted, second.controlRoot, second.began], [true, controlRoot, began]);
      await at.store.markEnded(second, ended);
      assert.deepEqual((await takeOver(second)).ended, ended);
    });

    it('numbers chunks without a gap, also across holders', async () => {
      const first = await running();
      await at.store.appendLog(first, await at.store.logHead(first), [chunk('a\n'), chunk('b\n', 2)]);
      const second = await takeOver(first);
      const head = await at.store.logHead(second);
      assert.deepEqual([head.seq, head.stdout, head.stderr], [2, 4, 0]);
      const next = await at.store.appendLog(second, head, [chunk('c\n', 4)]);
      assert.deepEqual([next.seq, next.stdout, next.lines.begun], [3, 6, 3]);
    });

    it('keeps a result that is there already as it is', async () => {
      const held = await running();
      const result = { remoteFilename: 'a.txt', size: 1, storageKey: 'first' };
      await at.store.addResults(held, [result]);
      await at.store.addResults(held, [{ ...result, storageKey: 'second' }]);
      assert.deepEqual(await at.store.resultNames(held), ['a.txt']);
    });

    it('lets an attempt that has ended be claimed by nobody', async () => {
      const held = await running();
      await at.store.finish(held, success);
      assert.equal(await claim({ jobId: held.jobId, attempt: held.attempt }), null);
    });

    it('gives an attempt that is deferred when its time has come', async () => {
      const held = await claimed();
      const ticket = { jobId: held.jobId, attempt: held.attempt };
      await at.store.defer(held, { nextTryAt: new Date(Date.now() + 3_600_000), message: 'away' });
      assert.equal(await claim(ticket), null);
      const again = await claimed();
      await at.store.defer(again, { nextTryAt: new Date(Date.now() - 1), message: 'away' });
      assert.ok(await claim({ jobId: again.jobId, attempt: again.attempt }));
    });
  });
}

function chunk(content: string, offset = 0) {
  return { stream: 'stdout', offset, time: new Date(), content: Buffer.from(content) } as const;
}
