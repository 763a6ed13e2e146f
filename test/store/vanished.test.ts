import { expect } from 'chai';
import { shared } from '../support/cleanup.js';
import { began, begin, claim, createJob, createTestStore, running, submit } from '../models/support.js';
import type { Claim } from '../../lib/store/attempt-store.js';
import type { TestStore } from '../models/support.js';

const testStore = shared(createTestStore);
const head = { seq: 0, stdout: 0, stderr: 0, lines: { begun: 0, stdout: 0, stderr: 0 } };
const chunk = { stream: 'stdout', offset: 0, time: new Date(), content: Buffer.from('x') } as const;

/** Its holder is gone: the lease runs out. */
async function vanish({ store }: TestStore, held: Claim): Promise<Claim> {
  await store.attempts.renew([held], -1);
  return held;
}

async function submitted(test: TestStore): Promise<{ jobId: number; attempt: number }> {
  const { id: jobId } = await createJob(test);
  return { jobId, attempt: (await submit(test, jobId)).attempt };
}

/** What its holders that vanished in a row tell, as the next one hears it. */
async function next(test: TestStore, ticket: { jobId: number; attempt: number }): Promise<number> {
  return (await vanish(test, await claim(test, ticket))).holdersVanished;
}

describe('holders that vanish', () => {
  it('are counted while nothing new comes of the attempt', async () => {
    const test = await testStore();
    const ticket = await submitted(test);
    const counts = [await next(test, ticket), await next(test, ticket), await next(test, ticket)];
    expect([...counts, await next(test, ticket)]).to.deep.equal([0, 4, 8, 12]);
  });

  it('are counted from the beginning again when it began, printed, left a result, or ended', async () => {
    const test = await testStore();
    const ticket = await submitted(test);
    const ended = {
      ...({ code: 0, reason: 'exit', signal: null } as const),
      ...{ sizes: { stdout: 1, stderr: 0 }, notes: [] },
    };
    const results = [{ remoteFilename: 'a', size: 1, storageKey: 'a' }];
    const steps: ((held: Claim) => Promise<unknown>)[] = [
      (held) => begin(test, held),
      (held) => test.store.attempts.appendLog(held, head, [chunk]),
      (held) => test.store.attempts.addResults(held, results),
      (held) => test.store.attempts.markEnded(held, ended),
    ];
    const counts: number[] = [];
    for (const step of steps) {
      await next(test, ticket);
      const held = await claim(test, ticket);
      counts.push(held.holdersVanished);
      await step(held);
      await vanish(test, held);
      counts.push(await next(test, ticket));
    }
    expect(counts).to.deep.equal([4, 0, 8, 0, 8, 0, 8, 0]);
  });

  it('are counted on when the next ones only attach to what began', async () => {
    const test = await testStore();
    const held = await vanish(test, await running(test));
    const counts: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const attached = await claim(test, held);
      counts.push(attached.holdersVanished);
      await test.store.attempts.markRunning(attached, began);
      await vanish(test, attached);
    }
    expect(counts).to.deep.equal([0, 4, 8]);
  });

  it('are none who let go of it, or put it off', async () => {
    const test = await testStore();
    const ticket = await submitted(test);
    await next(test, ticket);
    await test.store.attempts.release(await claim(test, ticket));
    expect(await next(test, ticket)).to.equal(0);
    const again = await claim(test, ticket);
    expect(again.holdersVanished).to.equal(4);
    await test.store.attempts.defer(again, { nextTryAt: new Date(Date.now() - 1000), message: 'Later.' });
    expect(await next(test, ticket)).to.equal(0);
  });

  it('tell less of it when they gave signs of life before: workers may be ended at any time', async () => {
    const test = await testStore();
    const ticket = await submitted(test);
    await next(test, ticket);
    for (let times = 1; times <= 3; times += 1) {
      await test.sequelize.query(
        `UPDATE drs_attempts SET claimed_at = claimed_at - interval '5 minutes' WHERE job_id = ${ticket.jobId}`,
      );
      expect(await next(test, ticket)).to.equal(times);
    }
  });

  it('are none who held it for long', async () => {
    const test = await testStore();
    const ticket = await submitted(test);
    await next(test, ticket);
    await test.sequelize.query(
      `UPDATE drs_attempts SET claimed_at = claimed_at - interval '11 minutes' WHERE job_id = ${ticket.jobId}`,
    );
    expect(await next(test, ticket)).to.equal(0);
  });
});

describe('a message', () => {
  const long = `The server said: ${'\u{1F680}'.repeat(30_000)}`;

  it('of an end is cut where it is stored, with a mark', async () => {
    const test = await testStore();
    const held = await running(test);
    const ending = { status: 'failure', failureReason: 'lost', exitCode: null, signal: null } as const;
    await test.store.attempts.finish(held, { ...ending, message: long });
    const { message } = await test.models.Job.findByPk(held.jobId).then((job) => job ?? { message: '' });
    expect(message?.length).to.be.below(4_100);
    expect(message).to.match(/^The server said: \u{1F680}+ … \(cut: \d+ more characters\)$/u);
  });

  it('of a wait is cut alike', async () => {
    const test = await testStore();
    const held = await claim(test, await submitted(test));
    await test.store.attempts.defer(held, { nextTryAt: new Date(), message: long });
    const { message } = await test.models.Job.findByPk(held.jobId).then((job) => job ?? { message: '' });
    expect(message).to.match(/more characters\)$/);
  });
});
