import { expect } from 'chai';
import { TransportError, type RemoteSubmission } from '../../lib/index.js';
import { direct } from '../../lib/schedulers/direct.js';
import type { Scheduler } from '../../lib/schedulers/scheduler.js';
import type { Session } from '../../lib/transports/session.js';
import { internalsOf } from '../../lib/internals.js';
import { waitForEnd } from '../../lib/domain/wait-for-end.js';
import { Runner } from '../../lib/worker/runner.js';
import { startWorker } from '../../lib/worker/worker.js';
import { workerDependenciesOf } from '../chaos/support/worker-dependencies.js';
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
    const { attempt } = await internalsOf(drs).store.requests.submit({
      ...{ jobId: job.id, kind: 'run', isRemote: true, username: signIn.username, timeoutMs },
      ...{ credential: { password: signIn.password }, logPolicy: 'live', storeResults: [] },
    });
    const ticket = { jobId: job.id, attempt };
    const runner = new Runner(workerDependenciesOf(drs));
    void runner.run(ticket);
    const pids = (await firstOutput(drs, job.id)).trim().split(' ').map(Number);
    await runner.stop();
    expect(pids.map(isAlive)).to.deep.equal([true, true]);
    return { ticket, pids, finished: () => waitForEnd(internalsOf(drs), ticket) };
  };

  /** A worker that knows only what tickets tell. */
  const workByTickets = async () => {
    const { store, ...deps } = workerDependenciesOf(drs);
    const worker = await startWorker(
      { ...deps, store: { ...store, findUnheld: async () => [] } },
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

describe('a cancel', () => {
  let drs: RemoteSubmission;
  let server: FlakyServer;
  before(async () => {
    drs = await testInstance();
    server = await startFlakyServer();
  });

  /** A runner that carries the program out until it prints; `cancel` stands for the scheduler's. */
  const follow = async (cancel: (original: Scheduler['cancel']) => Scheduler['cancel']) => {
    const job = await shellJob(drs, server, 'echo $$; exec sleep 300');
    const { attempt } = await internalsOf(drs).store.requests.submit({
      ...{ jobId: job.id, kind: 'run', isRemote: true, username: signIn.username, timeoutMs: null },
      ...{ credential: { password: signIn.password }, logPolicy: 'live', storeResults: [] },
    });
    const deps = workerDependenciesOf(drs);
    const scheduler = { ...direct(), cancel: cancel(direct().cancel) };
    const runner = new Runner({ ...deps, schedulers: { direct: scheduler } });
    const running = runner.run({ jobId: job.id, attempt });
    const pid = Number(await firstOutput(drs, job.id));
    return { job, pid, runner, running };
  };

  it('that does not get through, while the program is followed on, is tried again', async () => {
    let tries = 0;
    const { job, pid, runner, running } = await follow((original) => async (...args) => {
      tries += 1;
      if (tries < 3) throw new TransportError('connection_lost', 'The second connection was lost.');
      return original(...args);
    });
    await drs.cancelJob(job.id);
    await running;
    await runner.stop();
    expect(await job.reload()).to.include({ status: 'cancelled' });
    expect(isAlive(pid)).to.be.false;
  });

  it('that is under way on a silent connection delays no stop', async () => {
    const { job, runner, running } = await follow((original) => original);
    await runner.stop();
    await running;
    await drs.cancelJob(job.id);
    let tell: () => void = () => {};
    const isUnderWay = new Promise<void>((resolve) => (tell = resolve));
    const deps = workerDependenciesOf(drs);
    const cancel: Scheduler['cancel'] = (session, ...rest) => {
      const start: Session['start'] = (_script, ...given) => {
        tell();
        return session.start('sleep 60', ...given);
      };
      return direct().cancel({ start }, ...rest);
    };
    const second = new Runner({ ...deps, schedulers: { direct: { ...direct(), cancel } } });
    void second.run({ jobId: job.id, attempt: 1 });
    await isUnderWay;
    const from = Date.now();
    await second.stop();
    expect(Date.now() - from).to.be.lessThan(5_000);
    const worker = await drs.work();
    await until(async () => (await job.reload()).status === 'cancelled');
    await worker.stop();
  });
});
