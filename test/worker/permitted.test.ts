import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TransportError, type RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { waitForEnd } from '../../lib/domain/wait-for-end.js';
import { direct } from '../../lib/schedulers/direct.js';
import type { Scheduler } from '../../lib/schedulers/scheduler.js';
import type { WorkerDependencies } from '../../lib/worker/worker-dependencies.js';
import { Runner } from '../../lib/worker/runner.js';
import { workerDependenciesOf } from '../chaos/support/worker-dependencies.js';
import { testInstance } from '../support/instance.js';
import { shellJob, signIn, startFlakyServer, until, type FlakyServer } from './support.js';

describe('an attempt whose start is permitted', () => {
  let drs: RemoteSubmission;
  let server: FlakyServer;
  let count = 0;
  before(async () => {
    drs = await testInstance();
    server = await startFlakyServer();
  });

  /** A job that counts its starts, submitted without a ticket. */
  const submit = async () => {
    count += 1;
    const starts = `starts-${count}`;
    const job = await shellJob(drs, server, `echo s >>~/${starts}; exit 3`);
    await internalsOf(drs).store.requests.submit({
      ...{ jobId: job.id, kind: 'run', isRemote: true, username: signIn.username, timeoutMs: null },
      ...{ credential: { password: signIn.password }, logPolicy: 'live', storeResults: [] },
    });
    const ticket = { jobId: job.id, attempt: 1 };
    return {
      ...{ job, ticket },
      startsOf: () => readFile(join(server.home, starts), 'utf8').catch(() => ''),
      end: () => waitForEnd(internalsOf(drs), ticket),
    };
  };

  /** A runner with these dependencies that tries again as it says, until it is done. */
  const runToEnd = async (deps: WorkerDependencies, ticket: { jobId: number; attempt: number }) => {
    const runner = new Runner(deps);
    await runner.runToEnd(ticket, null);
    await runner.stop();
  };

  it('is started by nobody whose lease is nearly over by then, and by the next once', async () => {
    const { ticket, startsOf, end } = await submit();
    const deps = workerDependenciesOf(drs);
    const timings = { leaseMs: 600, heartbeatMs: 60_000, reconcileMs: 60_000 };
    const permit: WorkerDependencies['store']['permit'] = async (...args) => {
      const note = await deps.store.permit(...args);
      await delay(550);
      return note;
    };
    const slow = new Runner({ ...deps, timings, store: { ...deps.store, permit } });
    await slow.run(ticket);
    await slow.stop();
    expect(await startsOf()).to.equal('');
    await until(async () => (await deps.store.findUnheld(10)).length > 0);
    await runToEnd(deps, ticket);
    expect(await end()).to.include({ status: 'failure', exitCode: 3 });
    expect(await startsOf()).to.equal('s\n');
  });

  it('and of which nothing is heard for too long ends as unreachable, and says that it may have begun', async () => {
    const { job, ticket, end } = await submit();
    const deps = workerDependenciesOf(drs);
    const run: Scheduler['run'] = async (_session, plan) => {
      await plan.permit({ controlRoot: { id: 'f'.repeat(32), path: '/nowhere' }, directory: '/nowhere' });
      throw new TransportError('connection_lost', 'The connection was lost.');
    };
    const limits = { ...deps.limits, unreachableMs: 800 };
    await runToEnd({ ...deps, limits, schedulers: { direct: { ...direct(), run } } }, ticket);
    expect(await end()).to.include({ status: 'failure', failureReason: 'unreachable' });
    expect((await job.reload()).message).to.contain('it may have begun');
  });

  for (const [kind, failureReason, words] of [
    ['elsewhere', 'unreachable', 'it may have begun'],
    ['away', 'lost', 'runs on another machine'],
  ] as const) {
    it(`and is ${kind} for too long ends as ${failureReason}, after a message that says since when`, async () => {
      const { job, ticket, end } = await submit();
      const deps = workerDependenciesOf(drs);
      const report =
        kind === 'away' ? { kind, machine: 'node2:boot:1' } : { kind, detail: '~/.drs is not the folder' };
      const run: Scheduler['run'] = async (_session, plan) => {
        await plan
          .permit({ controlRoot: { id: 'f'.repeat(32), path: '/nowhere' }, directory: '/nowhere-else' })
          .catch(() => undefined);
        return report;
      };
      const limits = { ...deps.limits, unreachableMs: 1_500 };
      const running = runToEnd({ ...deps, limits, schedulers: { direct: { ...direct(), run } } }, ticket);
      await until(async () => /Out of reach since/.test((await job.reload()).message ?? ''));
      expect(job.status).to.equal('submitted');
      await running;
      expect(await end()).to.include({ status: 'failure', failureReason });
      expect((await job.reload()).message).to.contain(words);
    });
  }
});
