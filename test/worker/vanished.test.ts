import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { waitForEnd } from '../../lib/domain/wait-for-end.js';
import { makeJob, testInstance } from '../support/instance.js';

describe('an attempt that ended three workers', () => {
  let drs: RemoteSubmission;
  before(async () => {
    drs = await testInstance();
    await drs.work();
  });

  /** Three workers claim it and are gone at once; the fourth one lives. Resolves to how it ends. */
  async function endOf({ isBegun }: { isBegun: boolean }) {
    const job = await makeJob(drs, { program: 'print(1)' });
    const { store } = internalsOf(drs);
    const { attempt } = await store.requests.submit({
      ...{ jobId: job.id, kind: 'run', isRemote: true, username: 'ann', credential: { password: 'x' } },
      ...{ logPolicy: 'live', timeoutMs: null, storeResults: null },
    });
    const ticket = { jobId: job.id, attempt };
    const controlRoot = { id: '00112233445566778899aabbccddeeff', path: '/home/ann/.drs' };
    const machine = { machine: 'host:0f3c:12', pid: 4711, since: '8812' };
    for (let lost = isBegun ? 0 : 1; lost <= 3; lost += 1) {
      const held = await store.attempts.claim(ticket, {
        workerId: `gone-${lost}`,
        leaseMs: lost === 0 ? 60_000 : 0,
      });
      if (held === null) throw new Error('It cannot be claimed.');
      if (lost > 0) continue;
      await store.attempts.permit(held, { controlRoot, directory: `/home/ann/jobs/${job.id}` });
      await store.attempts.markRunning(held, { ...machine, listing: { kind: 'made', time: 1_700_000_000 } });
      await store.attempts.renew([held], -1);
    }
    await internalsOf(drs).queue.add(ticket);
    const outcome = await waitForEnd(internalsOf(drs), ticket);
    return { outcome, job: await job.reload() };
  }

  it('ends as internal, which says why', async () => {
    const { outcome, job } = await endOf({ isBegun: false });
    expect(outcome).to.include({ status: 'failure', failureReason: 'internal' });
    expect(job.message).to.contain('vanished again and again').and.not.to.contain('may still run');
  });

  it('says that it may still run where it began', async () => {
    const { outcome, job } = await endOf({ isBegun: true });
    expect(outcome).to.include({ status: 'failure', failureReason: 'internal' });
    expect(job.message).to.contain('What ran there may still run on 127.0.0.1.');
  });
});
