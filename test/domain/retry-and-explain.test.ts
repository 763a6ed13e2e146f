import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { makeJob, testInstance } from '../support/instance.js';

describe('retryJob and explainJob', () => {
  let drs: RemoteSubmission;
  before(async () => {
    drs = await testInstance();
  });
  const local = { remote: false, storeResults: ['*', '!*.tmp'], timeoutMs: 60_000 };

  it('a job that was never submitted can neither be retried nor explained', async () => {
    const { id } = await makeJob(drs, { program: '' });
    const retried: unknown = await drs.retryJob(id).catch((reason: unknown) => reason);
    const explained: unknown = await drs.explainJob(id).catch((reason: unknown) => reason);
    expect(retried).to.include({ code: 'job_never_submitted', status: 409 });
    expect(explained).to.include({ code: 'job_never_submitted', status: 409 });
  });

  it('an attempt that waits for a worker says so, and asks whether there is one', async () => {
    const { id } = await makeJob(drs, { program: '' });
    await drs.submitJob(id, local);
    const explanation = await drs.explainJob(id);
    expect(explanation).to.include({ attempt: 1, status: 'submitted', isHeld: false, workerId: null });
    expect(explanation.summary).to.contain('no worker holds it').and.to.contain('Is one running?');
    await drs.cancelJob(id);
  });

  it('an attempt that is held names its worker', async () => {
    const { id } = await makeJob(drs, { program: '' });
    await drs.submitJob(id, local);
    const holder = { workerId: 'host:1:a', leaseMs: 60_000 };
    await internalsOf(drs).store.attempts.claim({ jobId: id, attempt: 1 }, holder);
    expect((await drs.explainJob(id)).summary).to.contain('The worker host:1:a is about to start it');
  });

  it('an attempt that waits for its server tells until when, and after how many tries', async () => {
    const { id } = await makeJob(drs, { program: '' });
    await drs.submitJob(id, local);
    const { store } = internalsOf(drs);
    const claim = await store.attempts.claim(
      { jobId: id, attempt: 1 },
      { workerId: 'host:1:a', leaseMs: 60_000 },
    );
    const nextTryAt = new Date(Date.now() + 60_000);
    if (claim) await store.attempts.defer(claim, { nextTryAt, message: 'Away.', tries: 1 });
    const { summary, message } = await drs.explainJob(id);
    expect(summary).to.contain('for the next try').and.to.contain('after 1 try');
    expect(summary).to.contain('It was not started yet. Away.');
    expect(message).to.equal('Away.');
  });

  it('an attempt says whether its start was permitted, it began, or it ended, and where', async () => {
    const { id, uuid } = await makeJob(drs, { program: '' });
    await drs.submitJob(id, local);
    const { store } = internalsOf(drs);
    const claim = await store.attempts.claim(
      { jobId: id, attempt: 1 },
      { workerId: 'host:1:a', leaseMs: 60_000 },
    );
    if (!claim) throw new Error('The attempt cannot be claimed.');
    expect(await drs.explainJob(id)).to.include({ controlDirectory: null, permittedAt: null, machine: null });
    const controlRoot = { id: '0'.repeat(32), path: '/srv/a b/.drs' };
    await store.attempts.permit(claim, { controlRoot, directory: `/srv/${id}` });
    const permitted = await drs.explainJob(id);
    expect(permitted).to.include({ controlDirectory: `/srv/a b/.drs/${uuid}-1` });
    expect(permitted.summary).to.contain('its start is permitted, and nothing is known of it yet');
    const listing = { kind: 'made', time: 0 } as const;
    await store.attempts.markRunning(claim, { machine: 'host:b:1', pid: 7, since: '8', listing }, 'Beware.');
    const runs = await drs.explainJob(id);
    expect(runs).to.include({ machine: 'host:b:1', endedAt: null });
    expect(runs.summary).to.equal('The worker host:1:a follows it on this machine. Beware.');
    const sizes = { stdout: 0, stderr: 0 };
    await store.attempts.markEnded(claim, {
      code: 0,
      reason: 'exit',
      signal: null,
      sizes,
      notes: [],
    });
    const over = await drs.explainJob(id);
    expect(over.endedAt).to.be.instanceOf(Date);
    expect(over.summary).to.contain('brings its output and its files from this machine');
    await store.attempts.release(claim);
    expect((await drs.explainJob(id)).summary).to.contain('output and files are still to be brought');
  });

  it('a retry is a new attempt, submitted as the one before, and says which that was', async () => {
    const { id } = await makeJob(drs, { program: 'print(1)' });
    await drs.runJob(id, local);
    const retry = await drs.retryJob(id);
    const last = await internalsOf(drs).store.newest.submission(id);
    expect(retry).to.include({ jobId: id, attempt: 2, retryOf: 1 });
    expect(last).to.deep.include({ isRemote: false, storeResults: ['*', '!*.tmp'], timeoutMs: 60_000 });
    const explanation = await drs.explainJob(id);
    expect(explanation).to.include({ attempt: 2, retryOf: 1, message: 'Run again after attempt 1.' });
    expect(explanation.summary).to.contain('run again after attempt 1');
  });

  it('a retry says so while it runs', async () => {
    const { id } = await makeJob(drs, { program: '' });
    await drs.runJob(id, local);
    const { attempt } = await drs.retryJob(id);
    const { store } = internalsOf(drs);
    const claim = await store.attempts.claim(
      { jobId: id, attempt },
      { workerId: 'host:1:a', leaseMs: 60_000 },
    );
    const listing = { kind: 'made', time: 0 } as const;
    if (claim)
      await store.attempts.markRunning(claim, { machine: 'host:0f3c:12', pid: 7, since: '8', listing });
    const job = await drs.models.Job.findByPk(id);
    expect(job).to.include({ status: 'running', message: 'Run again after attempt 1.' });
  });

  it('what was run on this machine is not run there again for a user who may not', async () => {
    const { id } = await makeJob(drs, { program: '' });
    await drs.runJob(id, local);
    const as = { id: 'ann', username: 'ann' };
    const error: unknown = await drs.retryJob(id, { as }).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'local_not_allowed', status: 403 });
    const stranger = { id: 'mallory', username: 'mallory' };
    const unseen: unknown = await drs.retryJob(id, { as: stranger }).catch((reason: unknown) => reason);
    expect(unseen).to.include({ code: 'not_found', status: 404 });
  });
});

describe('a program', () => {
  it('over the limit of bytes is refused at submit, whoever made the job; one as large as the limit runs', async () => {
    const drs = await testInstance({ limits: { programBytes: 8 } });
    const [fits, is] = [
      await makeJob(drs, { program: "'12345'#" }),
      await makeJob(drs, { program: "'1234\u00e9'#" }),
    ];
    const error: unknown = await drs.submitJob(is.id, { remote: false }).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'program_too_large', status: 413 });
    expect(await drs.runJob(fits.id, { remote: false })).to.include({ status: 'success' });
  });
});

describe('requeueJob', () => {
  let drs: RemoteSubmission;
  before(async () => {
    drs = await testInstance();
  });

  it('brings an attempt whose ticket was lost, and that was to wait for an hour, to its end', async () => {
    const { id } = await makeJob(drs, { program: 'print(1)' });
    const { finished } = await drs.submitJob(id, { remote: false });
    const { store } = internalsOf(drs);
    const claim = await store.attempts.claim(
      { jobId: id, attempt: 1 },
      { workerId: 'host:1:a', leaseMs: 60_000 },
    );
    if (claim)
      await store.attempts.defer(claim, { nextTryAt: new Date(Date.now() + 3_600_000), message: 'Away.' });
    await drs.work();
    expect(await drs.requeueJob(id)).to.deep.equal({ jobId: id, attempt: 1, status: 'submitted' });
    expect(await finished()).to.include({ status: 'success' });
  });

  it('is refused for what has ended, or is not there', async () => {
    const { id } = await makeJob(drs, { program: '' });
    await drs.runJob(id, { remote: false });
    const ended: unknown = await drs.requeueJob(id).catch((reason: unknown) => reason);
    const unknown: unknown = await drs.requeueJob(999_999).catch((reason: unknown) => reason);
    expect(ended).to.include({ code: 'job_not_active', status: 409 });
    expect(unknown).to.include({ code: 'not_found', status: 404 });
  });
});
