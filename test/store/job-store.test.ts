import { expect } from 'chai';
import { createJobStore } from '../../lib/store/job-store.js';
import { createSealer } from '../../lib/secrets.js';
import type { Ended } from '../../lib/protocol/attempt-records.js';
import type { Claim, Ending } from '../../lib/store/attempt-store.js';
import { shared } from '../support/cleanup.js';
import {
  began,
  begin,
  claim,
  controlRoot,
  createJob,
  createTestStore,
  refusal,
  running,
  submit,
  type TestStore,
} from '../models/support.js';

const testStore = shared(createTestStore);
const success: Ending = { status: 'success', failureReason: null, exitCode: 0, signal: null, message: null };
const failure: Ending = {
  status: 'failure',
  failureReason: 'exit',
  exitCode: 3,
  signal: null,
  message: 'It\0 failed.',
};
const ended: Ended = {
  ...{
    code: 0,
    reason: 'exit',
    signal: null,
    sizes: { stdout: 1, stderr: 0 },
    notes: [],
  },
};
const holder = (workerId: string) => ({ workerId, leaseMs: 60_000 });
const head = { seq: 0, stdout: 0, stderr: 0, lines: { begun: 0, stdout: 0, stderr: 0 } };
const chunk = { stream: 'stdout', offset: 0, time: new Date(), content: Buffer.from('x') } as const;

function announcedSince(test: TestStore, count: number): unknown[] {
  return test.announced.slice(count).map((it) => (it.type === 'status' ? it.status : it.type));
}

describe('submitting', () => {
  it('makes attempts one after the other, and clears what the last one left on the job', async () => {
    const test = await testStore();
    const job = await createJob(test);
    const before = test.announced.length;
    expect((await submit(test, job.id)).attempt).to.equal(1);
    const first = await claim(test, { jobId: job.id, attempt: 1 });
    await begin(test, first);
    await test.store.attempts.finish(first, failure);
    await job.reload();
    expect(job).to.include({
      status: 'failure',
      failureReason: 'exit',
      exitCode: 3,
      message: 'It\ufffd failed.',
    });
    expect((await submit(test, job.id)).attempt).to.equal(2);
    await job.reload();

    expect(job).to.include({
      status: 'submitted',
      attempt: 2,
      failureReason: null,
      exitCode: null,
      message: null,
    });
    expect(job.startedAt).to.equal(null);
    expect(job.finishedAt).to.equal(null);
    expect(announcedSince(test, before)).to.deep.equal(['submitted', 'running', 'failure', 'submitted']);
    expect(await test.store.statuses.outcome(job.id, 1)).to.deep.equal({
      ...{ status: 'failure', exitCode: 3, signal: null, failureReason: 'exit' },
      ...{ message: 'It\ufffd failed.', results: {} },
    });
  });

  it('is refused while an attempt is under way, also of two at once', async () => {
    const test = await testStore();
    const job = await createJob(test);
    const both = await Promise.allSettled([submit(test, job.id), submit(test, job.id)]);

    expect(both.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    expect(await refusal(submit(test, job.id))).to.equal('job_active');
    await job.update({ status: 'initial', attempt: 7 });
    expect(await refusal(submit(test, job.id))).to.equal('job_active');
  });

  it('is refused for a job that is not there', async () => {
    expect(await refusal(submit(await testStore(), 999_999))).to.equal('not_found');
  });

  it('is refused when the server has lost the interpreter', async () => {
    const test = await testStore();
    const job = await createJob(test);
    await (await job.getServer()).setInterpreters([]);

    expect(await refusal(submit(test, job.id))).to.equal('invalid_input');
  });
});

describe('a claim', () => {
  it('carries everything that a worker needs', async () => {
    const test = await testStore();
    const job = await createJob(test, { program: 'print("\u{1F680}")' });
    const { attemptId } = await submit(test, job.id, {
      timeoutMs: 1500,
      storeResults: ['*.csv'],
      isRemote: false,
    });
    const held = await claim(test, { jobId: job.id, attempt: 1 });

    expect(held).to.deep.equal({
      ...{ attemptId, fence: 1, jobId: job.id, attempt: 1, kind: 'run', isRemote: false },
      ...{ isPermitted: false, controlRoot: null, began: null, ended: null, controlDirectory: null },
      ...{ directory: null, holdersVanished: 0, via: [] },
      ...{ isOfOldLayout: false, isAddressChanged: false, submittedBy: null },
      ...{ isCancelRequested: false, title: 'A job', uuid: job.uuid },
      ...{ owner: '5', ownerUsername: 'ann', remoteDirectory: '~/jobs/{job}', remoteFilename: 'program.py' },
      program: 'print("\u{1F680}")',
      server: {
        ...{ id: job.serverId, title: 'Remote', hostname: 'host', port: 22 },
        ...{ legacyAlgorithms: false, transport: 'ssh', scheduler: 'direct' },
      },
      interpreter: { id: job.interpreterId, name: 'Python 3', path: '/usr/bin/python3', arguments: ['-u'] },
      ...{
        username: 'ann',
        hasCredential: false,
        logPolicy: 'live',
        timeoutMs: 1500,
        storeResults: ['*.csv'],
      },
      ...{ unreachableSince: null, unreachableTries: 0 },
    });
  });

  it('is given to exactly one of two workers, two hundred times', async () => {
    const test = await testStore();
    const job = await createJob(test);
    const winners: number[] = [];
    for (let round = 1; round <= 200; round += 1) {
      const ticket = { jobId: job.id, attempt: (await submit(test, job.id)).attempt };
      const both = await Promise.all(
        ['a', 'b'].map((worker) => test.store.attempts.claim(ticket, holder(worker))),
      );
      const held = both.filter((one): one is Claim => one !== null);
      winners.push(held.length);
      for (const one of held) await test.store.attempts.finish(one, success);
    }

    expect(winners).to.deep.equal(Array.from({ length: 200 }, () => 1));
  });

  it('passes to another worker after the lease, and refuses every write of the first', async () => {
    const test = await testStore();
    const old = await running(test);
    await test.store.attempts.renew([old], -1);
    const fresh = await claim(test, old);
    const { store } = test;

    expect(fresh).to.deep.include({ isPermitted: true, controlRoot, began, fence: old.fence + 1 });
    expect(await refusal(store.attempts.markRunning(old, began))).to.equal('claim_lost');
    expect(await refusal(store.attempts.markEnded(old, ended))).to.equal('claim_lost');
    expect(await refusal(store.attempts.appendLog(old, head, [chunk]))).to.equal('claim_lost');
    expect(
      await refusal(store.attempts.addResults(old, [{ remoteFilename: 'a', size: 1, storageKey: 'k' }])),
    ).to.equal('claim_lost');
    expect(await refusal(store.attempts.defer(old, { nextTryAt: new Date(), message: '' }))).to.equal(
      'claim_lost',
    );
    expect(await refusal(store.attempts.finish(old, success))).to.equal('claim_lost');
    expect(await refusal(store.attempts.credential(old))).to.equal('claim_lost');
    await store.attempts.release(old);
    expect(await store.attempts.renew([old, fresh], 60_000)).to.deep.equal([
      { attemptId: old.attemptId, isHeld: false, isCancelRequested: false },
      { attemptId: old.attemptId, isHeld: true, isCancelRequested: false },
    ]);
    expect(await store.attempts.logHead(fresh)).to.deep.equal(head);
    await store.attempts.finish(fresh, success);
    expect(await store.attempts.claim(old, holder('c'))).to.equal(null);
  });

  it('that was released is free at once, and is renewed no more', async () => {
    const test = await testStore();
    const held = await running(test);
    await test.store.attempts.release(held);

    expect(await test.store.attempts.renew([held], 60_000)).to.deep.include.members([
      { attemptId: held.attemptId, isHeld: false, isCancelRequested: false },
    ]);
    expect(await test.store.attempts.findUnheld(1000)).to.deep.include({ jobId: held.jobId, attempt: 1 });
    expect(await claim(test, held)).to.deep.include({ began });
    expect(await test.store.attempts.findUnheld(1000)).not.to.deep.include({ jobId: held.jobId, attempt: 1 });
  });

  it('that was deferred waits until its time, and counts the tries until the server is reached', async () => {
    const test = await testStore();
    const job = await createJob(test);
    const ticket = { jobId: job.id, attempt: (await submit(test, job.id)).attempt };
    await test.store.attempts.defer(await claim(test, ticket), {
      nextTryAt: new Date(Date.now() + 60_000),
      message: 'away',
      tries: 1,
    });
    expect(await test.store.attempts.claim(ticket, holder('b'))).to.equal(null);
    expect(await test.store.attempts.findUnheld(1000)).not.to.deep.include(ticket);
    expect((await job.reload()).message).to.equal('away');
    await test.sequelize.query(`UPDATE drs_attempts SET next_try_at = now() WHERE job_id = ${job.id}`);

    expect(await test.store.attempts.findUnheld(1000)).to.deep.include(ticket);
    const again = await claim(test, ticket);
    expect(again.unreachableTries).to.equal(1);
    expect(again.unreachableSince).to.be.instanceOf(Date);
    await begin(test, again);
    await test.store.attempts.markReached(again);
    await test.store.attempts.release(again);
    expect(await claim(test, ticket)).to.include({ unreachableTries: 0, unreachableSince: null });
    expect((await job.reload()).message).to.equal(null);
  });
});

describe('an attempt that waits for its server', () => {
  it('tells its next holder since when, by the clock of that one', async () => {
    const test = await testStore();
    const job = await createJob(test);
    await submit(test, job.id);
    const first = await claim(test, { jobId: job.id, attempt: 1 });
    await test.store.attempts.defer(first, { nextTryAt: new Date(), message: 'Away.', tries: 1 });
    const { now } = Date;
    Date.now = () => now() + 25 * 3_600_000;
    const since = await claim(test, { jobId: job.id, attempt: 1 })
      .then(({ unreachableSince }) => Date.now() - (unreachableSince?.getTime() ?? 0))
      .finally(() => void (Date.now = now));
    expect(since).to.be.within(0, 60_000);
  });

  it('is taken as soon as the server answers somebody, and no other is', async () => {
    const test = await testStore();
    const [here, there] = [await running(test), await running(test)];
    await test.sequelize.query(`UPDATE drs_attempts SET hostname = 'There' WHERE id = ${there.attemptId}`);
    for (const held of [here, there])
      await test.store.attempts.defer(held, {
        nextTryAt: new Date(Date.now() + 60_000),
        message: 'away',
        tries: 1,
      });
    await test.store.attempts.wake({ hostname: 'there', port: 22 });
    expect(await test.store.attempts.claim(there, holder('b'))).to.include({ jobId: there.jobId });
    expect(await test.store.attempts.claim(here, holder('b'))).to.equal(null);
  });
});

describe('cancelling', () => {
  it('ends a waiting attempt at once, with its secret', async () => {
    const test = await testStore();
    const job = await createJob(test);
    const { attempt, attemptId } = await submit(test, job.id, { credential: { password: 'x' } });

    expect(await test.store.requests.requestCancel(job.id)).to.deep.equal({ attempt, status: 'cancelled' });
    expect(await job.reload()).to.include({ status: 'cancelled' });
    expect(await test.store.attempts.claim({ jobId: job.id, attempt }, holder('a'))).to.equal(null);
    const [secrets] = await test.sequelize.query(`SELECT 1 FROM drs_secrets WHERE attempt_id = ${attemptId}`);
    expect(secrets).to.deep.equal([]);
    expect(await refusal(test.store.requests.requestCancel(job.id))).to.equal('job_not_active');
    expect(await refusal(test.store.requests.requestCancel(999_999))).to.equal('not_found');
  });

  it('of a running attempt is told to its holder', async () => {
    const test = await testStore();
    const held = await running(test);
    const { jobId, attempt } = held;

    expect(await test.store.requests.requestCancel(jobId)).to.deep.equal({ attempt, status: 'running' });
    expect(test.announced.at(-1)).to.deep.equal({ type: 'cancel', jobId, attempt });
    expect(await test.store.attempts.renew([held], 60_000)).to.deep.equal([
      { attemptId: held.attemptId, isHeld: true, isCancelRequested: true },
    ]);
    await test.store.attempts.finish(held, { ...success, status: 'cancelled', exitCode: null });
    expect(await test.store.statuses.statusOf(jobId)).to.include({ status: 'cancelled' });
  });

  it('makes a deferred attempt that had been started due', async () => {
    const test = await testStore();
    const held = await running(test);
    await test.store.attempts.defer(held, { nextTryAt: new Date(Date.now() + 60_000), message: 'away' });
    await test.store.requests.requestCancel(held.jobId);

    expect(await test.store.attempts.findUnheld(1000)).to.deep.include({ jobId: held.jobId, attempt: 1 });
    expect(await claim(test, held)).to.include({ isCancelRequested: true, isPermitted: true });
  });
});

describe('results and statuses', () => {
  it('keep the first result of a name, and list them in the outcome', async () => {
    const test = await testStore();
    const held = await running(test);
    await test.store.attempts.addResults(held, [
      { remoteFilename: 'a "b"\\{c},d', size: 5e9, storageKey: 'first' },
    ]);
    await test.store.attempts.addResults(held, [
      { remoteFilename: 'a "b"\\{c},d', size: 1, storageKey: 'second' },
      { remoteFilename: 'é/f', size: 2, storageKey: 'third' },
    ]);
    await test.store.attempts.finish(held, success);
    const stored = await test.models.Result.findAll({ where: { jobId: held.jobId }, order: ['id'] });

    expect(stored.map(({ storageKey, size }) => [storageKey, size])).to.deep.equal([
      ['first', 5e9],
      ['third', 2],
    ]);
    expect(await test.store.attempts.resultNames(held)).to.deep.equal(['a "b"\\{c},d', 'é/f']);
    expect((await test.store.statuses.outcome(held.jobId, 1)).results).to.deep.equal({
      'a "b"\\{c},d': stored[0]?.id,
      'é/f': stored[1]?.id,
    });
    expect(await refusal(test.store.statuses.outcome(held.jobId, 2))).to.equal('not_found');
  });

  it('list the jobs that changed last, of one owner or of all', async () => {
    const test = await createTestStore();
    const first = await createJob(test, { owner: 'ann' });
    const second = await createJob(test, { owner: 'bob' });
    const third = await createJob(test, { owner: 'ann' });
    await submit(test, first.id);
    const ids = async (filter: { owner?: string; limit: number }): Promise<number[]> =>
      (await test.store.statuses.recentStatuses(filter)).map(({ jobId }) => jobId);

    expect(await ids({ limit: 10 })).to.deep.equal([first.id, third.id, second.id]);
    expect(await ids({ owner: 'ann', limit: 10 })).to.deep.equal([first.id, third.id]);
    expect(await ids({ limit: 1 })).to.deep.equal([first.id]);
    const status = await test.store.statuses.statusOf(first.id);
    expect(status).to.include({
      jobId: first.id,
      attempt: 1,
      title: 'A job',
      status: 'submitted',
      failureReason: null,
    });
    expect(status?.modified).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(await test.store.statuses.statusOf(999_999)).to.equal(null);
  });
});

describe('a credential', () => {
  const credential = { privateKey: '-----BEGIN', passphrase: 'sentinel-7d31' };

  async function everything(test: TestStore): Promise<string> {
    const [tables] = await test.sequelize.query(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const dumps = (tables as { name: string }[]).map(async ({ name }) => {
      const [rows] = await test.sequelize.query(`SELECT t::text AS text FROM "${name}" t`);
      return JSON.stringify(rows);
    });
    return (await Promise.all(dumps)).join('\n');
  }

  it('comes back to the holder of the claim, and is nowhere in clear, hex or base64', async () => {
    const test = await testStore();
    const job = await createJob(test);
    await submit(test, job.id, { credential });
    const dump = await everything(test);
    const held = await claim(test, { jobId: job.id, attempt: 1 });

    expect(held.hasCredential).to.equal(true);
    expect(await test.store.attempts.credential(held)).to.deep.equal(credential);
    const sentinel = Buffer.from(credential.passphrase);
    expect(dump).to.include(job.uuid);
    for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
      expect(dump).not.to.include(sentinel.toString(encoding));
    }
    expect(JSON.stringify(test.announced)).not.to.include(credential.passphrase);
  });

  it('is gone when the attempt ends', async () => {
    const test = await testStore();
    const held = await running(test, { credential });
    const count = async (): Promise<unknown> =>
      test.sequelize
        .query(`SELECT 1 FROM drs_secrets WHERE attempt_id = ${held.attemptId}`)
        .then(([rows]) => rows.length);
    expect(await count()).to.equal(1);
    await test.store.attempts.finish(held, success);

    expect(await count()).to.equal(0);
  });

  it('is not taken without a secret, nor opened with another one', async () => {
    const test = await testStore();
    const job = await createJob(test);
    const withSecret = (secret: string | null): TestStore => ({
      ...test,
      store: createJobStore({
        ...test,
        sealer: createSealer(secret),
        bus: { publish: () => undefined } as never,
      }),
    });

    expect(await refusal(submit(withSecret(null), job.id, { credential }))).to.equal('secret_missing');
    expect((await job.reload()).status).to.equal('initial');
    await submit(test, job.id, { credential });
    const held = await claim(test, { jobId: job.id, attempt: 1 });
    expect(await refusal(withSecret('another secret, also long').store.attempts.credential(held))).to.equal(
      'secret_wrong',
    );
  });
});
