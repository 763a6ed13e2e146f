import { expect } from 'chai';
import type { Ended } from '../../lib/protocol/attempt-records.js';
import type { Claim } from '../../lib/store/attempt-store.js';
import type { NewAttempt } from '../../lib/store/job-store.js';
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
const elsewhere = { id: 'f'.repeat(32), path: controlRoot.path };
const ended: Ended = {
  ...{ code: 143, reason: 'timeout', signal: 'SIGTERM', notes: ['open' as const] },
  sizes: { stdout: 6e9, stderr: 0 },
};

async function claimed(test: TestStore, more: Partial<NewAttempt> = {}): Promise<Claim> {
  const job = await createJob(test);
  const { attempt } = await submit(test, job.id, more);
  return claim(test, { jobId: job.id, attempt });
}

/** A directory that no other test uses. */
const own = ({ attemptId }: Claim) => ({ controlRoot, directory: `/home/ann/${attemptId}` });

async function again(test: TestStore, held: Claim): Promise<Claim> {
  await test.store.attempts.release(held);
  return claim(test, held);
}

async function rowOf(test: TestStore, { attemptId }: Claim): Promise<Record<string, unknown>> {
  const [rows] = await test.sequelize.query(`SELECT * FROM drs_attempts WHERE id = ${attemptId}`);
  return rows[0] as Record<string, unknown>;
}

describe('a permit', () => {
  it('is given for one control root, and may be asked for again there', async () => {
    const test = await testStore();
    const held = await claimed(test);
    expect(await test.store.attempts.permit(held, own(held))).to.equal(null);
    const { permitted_at: permittedAt } = await rowOf(test, held);
    const next = await again(test, held);

    expect(next).to.deep.include({ isPermitted: true, controlRoot, began: null, isOfOldLayout: false });
    expect(
      await refusal(test.store.attempts.permit(next, { ...own(held), controlRoot: elsewhere })),
    ).to.equal('claim_lost');
    expect(await test.store.attempts.permit(next, own(held))).to.equal(null);
    expect(await rowOf(test, held)).to.deep.include({ permitted_at: permittedAt, status: 'submitted' });
  });

  it('is refused to whoever was followed by another holder', async () => {
    const test = await testStore();
    const held = await claimed(test);
    await again(test, held);

    expect(await refusal(test.store.attempts.permit(held, own(held)))).to.equal('claim_lost');
  });

  it('is refused once a cancel is wanted, also to who had one', async () => {
    const test = await testStore();
    const [fresh, permitted] = [await claimed(test), await claimed(test)];
    await test.store.attempts.permit(permitted, own(permitted));
    for (const { jobId } of [fresh, permitted]) await test.store.requests.requestCancel(jobId);

    expect(await refusal(test.store.attempts.permit(fresh, own(fresh)))).to.equal('claim_lost');
    expect(await refusal(test.store.attempts.permit(permitted, own(permitted)))).to.equal('claim_lost');
    expect(await rowOf(test, fresh)).to.include({ status: 'cancelled', permitted_at: null });
  });

  it('is refused to what began or ended', async () => {
    const test = await testStore();
    const [runs, isOver] = [await running(test), await claimed(test)];
    await test.store.attempts.permit(isOver, own(isOver));
    await test.store.attempts.markEnded(isOver, ended);

    expect(await refusal(test.store.attempts.permit(runs, own(runs)))).to.equal('claim_lost');
    expect(await refusal(test.store.attempts.permit(isOver, own(isOver)))).to.equal('claim_lost');
  });

  it('and a cancel that come at once exclude each other, two hundred times', async () => {
    const test = await testStore();
    const outcomes = new Set<string>();
    const play = async (): Promise<void> => {
      const held = await claimed(test);
      const permit = test.store.attempts.permit(held, own(held)).then(
        () => 'permitted',
        () => 'refused',
      );
      const [said, { status }] = await Promise.all([permit, test.store.requests.requestCancel(held.jobId)]);
      outcomes.add(`${said}, ${status}`);
    };
    for (let round = 0; round < 200; round += 10) await Promise.all(Array.from({ length: 10 }, play));

    expect(['permitted, submitted', 'refused, cancelled']).to.include.members([...outcomes]);
  });
});

describe('a directory', () => {
  it('of an attempt that may run is in use: the next one there is told by which job', async () => {
    const test = await testStore();
    const [first, second] = [await claimed(test), await claimed(test)];
    const directory = `/data/${'very long/'.repeat(400)}x`;
    await test.store.attempts.permit(first, { controlRoot, directory });
    const error = (await test.store.attempts
      .permit(second, { controlRoot, directory })
      .catch((reason: unknown) => reason)) as Error;

    expect(error).to.include({ code: 'directory_in_use', status: 409 });
    expect(error.message).to.contain(`in use by attempt 1 of job ${first.jobId} ("A job"). Give each job`);
    expect(await rowOf(test, second)).to.include({ permitted_at: null, control_root: null });
    await test.store.attempts.finish(first, {
      ...{ status: 'success', failureReason: null, exitCode: 0, signal: null, message: null },
    });
    expect(await test.store.attempts.permit(second, { controlRoot, directory })).to.equal(null);
  });

  it('is given to one of two that ask at once', async () => {
    const test = await testStore();
    const both = [await claimed(test), await claimed(test)];
    const directory = '/data/at-once';
    const answers = await Promise.all(
      both.map((held) =>
        test.store.attempts
          .permit(held, { controlRoot, directory })
          .catch(({ code }: { code: string }) => code),
      ),
    );

    expect(answers).to.have.members([null, 'directory_in_use']);
  });

  it('of another account is told in a note, and is no reason to refuse', async () => {
    const test = await testStore();
    const [ann, bob] = [await claimed(test), await claimed(test, { username: 'bob' })];
    const directory = '/data/shared';
    await test.store.attempts.permit(ann, { controlRoot, directory });

    expect(await test.store.attempts.permit(bob, { controlRoot: elsewhere, directory })).to.contain(
      `Attempt 1 of job ${ann.jobId}, by another account,`,
    );
  });

  it('of the same control root by another address is refused, and names the job', async () => {
    const test = await testStore();
    const here = await claimed(test);
    const job = await createJob(test);
    await (await job.getServer()).update({ hostname: 'another-name' });
    await submit(test, job.id);
    const there = await claim(test, { jobId: job.id, attempt: 1 });
    const directory = '/data/two names';
    await test.store.attempts.permit(here, { controlRoot, directory });
    const error = await test.store.attempts
      .permit(there, { controlRoot, directory })
      .catch((thrown: Error) => thrown);
    expect(error).to.include({ code: 'directory_in_use' });
    expect((error as Error).message).to.contain(`attempt 1 of job ${here.jobId}`);
  });

  it('on another machine is another one', async () => {
    const test = await testStore();
    const here = await claimed(test);
    const job = await createJob(test);
    await (await job.getServer()).update({ hostname: 'other' });
    await submit(test, job.id);
    const there = await claim(test, { jobId: job.id, attempt: 1 });
    const directory = '/data/two machines';
    await test.store.attempts.permit(here, { controlRoot, directory });

    expect(await test.store.attempts.permit(there, { controlRoot: elsewhere, directory })).to.equal(null);
  });

  it("on the worker's own machine is one account's, whatever the names", async () => {
    const test = await testStore();
    const local = { isRemote: false } as const;
    const [ann, bob] = [await claimed(test, local), await claimed(test, { ...local, username: 'bob' })];
    const directory = '/data/local';
    await test.store.attempts.permit(ann, { controlRoot, directory });

    expect(await refusal(test.store.attempts.permit(bob, { controlRoot, directory }))).to.equal(
      'directory_in_use',
    );
  });
});

describe('a cancel', () => {
  it('ends what was not permitted at once, though somebody holds it', async () => {
    const test = await testStore();
    const held = await claimed(test, { credential: { password: 'x' } });
    expect(await test.store.requests.requestCancel(held.jobId)).to.deep.equal({
      attempt: 1,
      status: 'cancelled',
    });

    expect(await rowOf(test, held)).to.include({
      ...{ status: 'cancelled', message: 'Cancelled before it was started.' },
      ...{ fence: held.fence + 1, worker_id: null, lease_until: null, has_remains: false },
    });
    expect(await test.store.attempts.renew([held], 60_000)).to.deep.equal([
      { attemptId: held.attemptId, isHeld: false, isCancelRequested: false },
    ]);
    const [secrets] = await test.sequelize.query(
      `SELECT 1 FROM drs_secrets WHERE attempt_id = ${held.attemptId}`,
    );
    expect(secrets).to.deep.equal([]);
  });

  it('of what was permitted is told to its holder, or waits for the next one', async () => {
    const test = await testStore();
    const held = await claimed(test);
    await test.store.attempts.permit(held, own(held));
    expect(await test.store.requests.requestCancel(held.jobId)).to.deep.equal({
      attempt: 1,
      status: 'submitted',
    });

    expect(test.announced.at(-1)).to.deep.equal({ type: 'cancel', jobId: held.jobId, attempt: 1 });
    expect(await again(test, held)).to.include({ isCancelRequested: true, isPermitted: true });
  });

  it('ends a copy before it begins, and is told to its holder afterwards', async () => {
    const test = await testStore();
    const [waits, runs] = [await claimed(test, { kind: 'copy' }), await claimed(test, { kind: 'copy' })];
    await test.store.attempts.markRunning(runs, null);

    expect((await test.store.requests.requestCancel(waits.jobId)).status).to.equal('cancelled');
    expect(await refusal(test.store.attempts.markRunning(waits, null))).to.equal('claim_lost');
    expect((await test.store.requests.requestCancel(runs.jobId)).status).to.equal('running');
  });
});

describe('what began and what ended', () => {
  it('is kept from claim to claim, whatever is written later', async () => {
    const test = await testStore();
    const held = await claimed(test);
    await begin(test, held);
    await test.store.attempts.markRunning(held, null);
    await test.store.attempts.markEnded(held, ended);
    await test.store.attempts.markEnded(held, { ...ended, code: 0 });
    await test.store.attempts.markRunning(held, { ...began, machine: 'a\0b' });

    expect(await again(test, held)).to.deep.include({
      ...{ began: { ...began, machine: 'a\ufffdb' }, ended, isPermitted: true, isOfOldLayout: false },
    });
    expect((await rowOf(test, held))['ended_at']).to.be.instanceOf(Date);
  });

  it('is never nothing for a run: it stays submitted', async () => {
    const test = await testStore();
    const held = await claimed(test);

    expect(await refusal(test.store.attempts.markRunning(held, null))).to.equal('claim_lost');
    expect(await rowOf(test, held)).to.include({ status: 'submitted' });
  });

  it('makes up for a permit that the database has forgotten', async () => {
    const test = await testStore();
    const held = await claimed(test);
    await test.store.attempts.markRunning({ ...held, controlRoot }, began);

    expect(await again(test, held)).to.deep.include({ isPermitted: true, controlRoot, began });
  });

  it('brings a note into the message, behind what says that it is run again', async () => {
    const test = await testStore();
    const [first, second] = [await claimed(test), await claimed(test, { retryOf: 1 })];
    await test.store.attempts.markRunning(first, began, 'Nobody knows\0.');
    await test.store.attempts.markRunning(second, began, 'Beware.');

    expect((await test.models.Job.findByPk(first.jobId))?.message).to.equal('Nobody knows\ufffd.');
    expect((await test.models.Job.findByPk(second.jobId))?.message).to.equal(
      'Run again after attempt 1. Beware.',
    );
  });

  it('is not there of an attempt that an earlier version has started', async () => {
    const test = await testStore();
    const held = await running(test);
    await test.sequelize.query(`UPDATE drs_attempts SET began = NULL WHERE id = ${held.attemptId}`);
    const copied = await claimed(test, { kind: 'copy' });
    await test.store.attempts.markRunning(copied, null);

    expect(await again(test, held)).to.include({ isOfOldLayout: true });
    expect(await again(test, copied)).to.include({ isOfOldLayout: false });
  });
});

describe('the address of an attempt', () => {
  it('is that of the submit, and a change behind our back is seen', async () => {
    const test = await testStore();
    const job = await createJob(test);
    await (await job.getServer()).update({ controlDirectory: '/scratch/drs' });
    await submit(test, job.id);
    const first = await claim(test, { jobId: job.id, attempt: 1 });
    expect(first).to.include({ isAddressChanged: false, controlDirectory: '/scratch/drs' });
    await test.sequelize.query(
      `UPDATE drs_servers SET port = 23, control_directory = NULL WHERE id = ${job.serverId}`,
    );

    const next = await again(test, first);
    expect(next).to.include({ isAddressChanged: true, controlDirectory: '/scratch/drs' });
    expect(next.server).to.include({ hostname: 'host', port: 22 });
  });

  it('is none for what runs here, wherever its server is', async () => {
    const test = await testStore();
    const held = await claimed(test, { isRemote: false });
    await test.sequelize.query(`UPDATE drs_servers SET hostname = 'moved' WHERE id = ${held.server.id}`);

    expect(await rowOf(test, held)).to.include({ hostname: null, port: null });
    expect(await again(test, held)).to.include({ isAddressChanged: false });
  });
});

describe('what attempts left', () => {
  it('is cleaned after a minute, and goes after a day', async () => {
    const test = await testStore();
    const held = await running(test);
    const { store } = test;
    await store.attempts.markEnded(held, ended);
    await store.attempts.finish(held, {
      ...{ status: 'success', failureReason: null, exitCode: 0, signal: null, message: null },
    });
    const account = { serverId: held.server.id, isRemote: true, username: 'ann' };
    const endedAgo = (span: string): Promise<unknown> =>
      test.sequelize.query(
        `UPDATE drs_attempts SET finished_at = now() - interval '${span}' WHERE id = ${held.attemptId}`,
      );

    expect(await store.attempts.findLeftovers(account, 10)).to.deep.equal([]);
    await endedAgo('61 seconds');
    const { attemptId, jobId, attempt, uuid, ownerUsername, remoteDirectory } = held;
    const leftovers = { attemptId, jobId, attempt, uuid, ownerUsername, remoteDirectory };
    expect(await store.attempts.findLeftovers(account, 10)).to.deep.equal([
      { ...leftovers, controlRoot, controlDirectory: null, isWhole: false },
    ]);
    await store.attempts.forgetLeftovers([{ attemptId, isWhole: false }]);
    expect(await store.attempts.findLeftovers(account, 10)).to.deep.equal([]);
    await endedAgo('25 hours');
    expect(await store.attempts.findLeftovers(account, 10)).to.deep.equal([
      { ...leftovers, controlRoot, controlDirectory: null, isWhole: true },
    ]);
    await store.attempts.forgetLeftovers([{ attemptId, isWhole: true }]);
    expect(await store.attempts.findLeftovers(account, 10)).to.deep.equal([]);
  });

  it('is looked for where it was left, for a month', async () => {
    const test = await testStore();
    const held = await running(test);
    await test.store.attempts.finish(held, {
      ...{ status: 'failure', failureReason: 'lost', exitCode: null, signal: null, message: null },
    });
    const account = { serverId: held.server.id, isRemote: true, username: 'ann' };
    const count = async (change: string): Promise<number> => {
      await test.sequelize.query(change);
      return (await test.store.attempts.findLeftovers(account, 10)).length;
    };
    const endedAgo = (span: string): string =>
      `UPDATE drs_attempts SET finished_at = now() - interval '${span}' WHERE id = ${held.attemptId}`;

    expect(await count(endedAgo('29 days'))).to.equal(1);
    expect(await count(endedAgo('31 days'))).to.equal(0);
    await test.sequelize.query(endedAgo('2 hours'));
    expect(await count(`UPDATE drs_servers SET port = 23 WHERE id = ${held.server.id}`)).to.equal(0);
  });

  it('is nothing where the start was not permitted', async () => {
    const test = await testStore();
    const held = await claimed(test);
    await test.store.attempts.finish(held, {
      ...{ status: 'failure', failureReason: 'rejected', exitCode: null, signal: null, message: 'No.' },
    });

    expect(await rowOf(test, held)).to.include({ has_remains: false, has_directory: false });
  });
});
