import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { waitForEnd } from '../../lib/submit/wait-for-end.js';
import { Runner } from '../../lib/worker/runner.js';
import { startWorker } from '../../lib/worker/worker.js';
import { workerPartsOf } from '../chaos/support/worker-parts.js';
import { atEnd } from '../support/cleanup.js';
import { testInstance } from '../support/instance.js';
import { isAlive } from '../support/processes.js';
import { firstOutput, shellJob, signIn, startFlakyServer, until, type FlakyServer } from './support.js';

/** Ignores TERM, and has a child in a session of its own that does so too. Prints both process ids. */
const stubborn = `
trap '' TERM
setsid sh -c 'trap "" TERM; while :; do sleep 0.2; done' &
echo "$$ $!"
while :; do sleep 0.2; done`;

describe('an attempt whose worker is gone', () => {
  let drs: RemoteSubmission;
  let server: FlakyServer;
  before(async () => {
    drs = await testInstance();
    server = await startFlakyServer();
  });

  /** Starts the program, then lets the worker go, and nobody hears of it. Resolves to the program's processes. */
  const leave = async (timeoutMs: number | null = null) => {
    const job = await shellJob(drs, server, stubborn);
    const { attempt } = await internalsOf(drs).store.submit({
      ...{ jobId: job.id, kind: 'run', isRemote: true, username: signIn.username, timeoutMs },
      ...{ credential: { password: signIn.password }, logPolicy: 'live', storeResults: [] },
    });
    const ticket = { jobId: job.id, attempt };
    const runner = new Runner(workerPartsOf(drs));
    void runner.run(ticket);
    const pids = (await firstOutput(drs, job.id)).trim().split(' ').map(Number);
    await runner.stop();
    expect(pids.map(isAlive)).to.deep.equal([true, true]);
    return { ticket, pids, finished: () => waitForEnd(internalsOf(drs), ticket) };
  };

  /** A worker that knows only what tickets tell. */
  const workByTickets = async () => {
    const { store, ...parts } = workerPartsOf(drs);
    const worker = await startWorker(
      { ...parts, store: { ...store, findUnheld: async () => [] } },
      { concurrency: 4 },
    );
    atEnd(() => worker.stop());
    return worker;
  };

  it('is cancelled at once when there is another one', async () => {
    const { ticket, pids, finished } = await leave();
    const worker = await workByTickets();
    expect(await drs.cancelJob(ticket.jobId)).to.include({ status: 'running' });
    expect(await finished()).to.include({ status: 'cancelled' });
    await worker.stop();
    expect(pids.map(isAlive)).to.deep.equal([false, false]);
  });

  it('is cancelled by the next worker that comes, with every process that it started', async () => {
    const { ticket, pids, finished } = await leave();
    await drs.cancelJob(ticket.jobId);
    const worker = await drs.work();
    expect(await finished()).to.include({ status: 'cancelled' });
    await worker.stop();
    expect(pids.map(isAlive)).to.deep.equal([false, false]);
  });

  it('is ended by its timeout all the same, and the next worker says so', async () => {
    const { pids, finished } = await leave(1_000);
    await until(async () => !pids.some(isAlive));
    const worker = await drs.work();
    expect(await finished()).to.include({ status: 'failure', failureReason: 'timeout' });
    await worker.stop();
  });
});
