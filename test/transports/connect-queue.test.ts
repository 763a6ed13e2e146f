import { expect } from 'chai';
import { createConnectQueue } from '../../lib/transports/connect-queue.js';
import { errorOf } from '../../lib/testing/contracts/run-script.js';

const limits = { timeoutMs: 10_000, onTooLate: () => new Error('too late') };

describe('createConnectQueue', () => {
  it('lets so many connects run at a time, and the others in turn', async () => {
    const queue = createConnectQueue(3);
    const finish: (() => void)[] = [];
    const begun: number[] = [];
    const connects = [0, 1, 2, 3, 4].map((index) =>
      queue.run(() => new Promise<void>((resolve) => finish.push(resolve) && begun.push(index)), limits),
    );
    await new Promise(setImmediate);
    expect(begun).to.deep.equal([0, 1, 2]);
    finish[1]?.();
    await connects[1];
    await new Promise(setImmediate);
    expect(begun).to.deep.equal([0, 1, 2, 3]);
    for (const index of [0, 2, 3]) finish[index]?.();
    await connects[3];
    await new Promise(setImmediate);
    finish[4]?.();
    await Promise.all(connects);
    expect(queue.isIdle).to.equal(true);
  });

  it('goes on after a connect that failed', async () => {
    const queue = createConnectQueue(1);
    const failing = errorOf(queue.run(() => Promise.reject(new Error('refused')), limits));
    const next = queue.run(() => Promise.resolve('in'), limits);
    expect((await failing).message).to.equal('refused');
    expect(await next).to.equal('in');
  });

  it('gives up on waiting after its time', async () => {
    const queue = createConnectQueue(1);
    let finish: () => void = () => undefined;
    const first = queue.run(() => new Promise<void>((resolve) => (finish = resolve)), limits);
    const late = errorOf(queue.run(() => Promise.resolve(), { ...limits, timeoutMs: 10 }));
    expect((await late).message).to.equal('too late');
    finish();
    await first;
    expect(queue.isIdle).to.equal(true);
  });
});
