/** A site for chaos: an instance, a server, workers that die, and one that comes to the rescue. */

import { join } from 'node:path';
import { disk, type RemoteSubmission, type RemoteSubmissionOptions } from '../../../lib/index.js';
import { isFinal } from '../../../lib/protocol/job-status.js';
import { internalsOf } from '../../../lib/internals.js';
import { waitForEnd } from '../../../lib/domain/wait-for-end.js';
import type { WorkerTimings } from '../../../lib/worker/timings.js';
import { startWorker } from '../../../lib/worker/worker.js';
import { memoryQueue } from '../../../lib/queue/memory-queue.js';
import { atEnd } from '../../support/cleanup.js';
import { makeJob, testInstance, testSecret } from '../../support/instance.js';
import { testDatabase } from '../../support/postgres.js';
import { testRedis } from '../../support/redis.js';
import { startSshd, type Sshd } from '../../support/sshd.js';
import type { Kind } from './acts.js';
import { prepareDirectory } from './prepare-directory.js';
import { PendingCalls } from './pending-calls.js';
import { knownProgram } from './program.js';
import type { Survivor } from './survived.js';
import { workerDependenciesOf } from './worker-dependencies.js';
import type { Fate } from './worker-process.js';
import { startWorkerProcesses } from './worker-processes.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** The database is away. */
const unknown = { status: 'running' } as const;

export interface Losses {
  /** The fates that were met; the others found the attempt ended. */
  met: Fate[];
  /** Resolves when the last of the workers, awake again, has ended. */
  gone(): Promise<unknown>;
}

export interface ChaosSite {
  drs: RemoteSubmission;
  sshd: Sshd;
  /** Submits a job whose every byte is known, and leaves it. */
  submit(random: () => number, options?: SubmitOptions): Promise<Survivor>;
  /** Lets workers take the attempt one after the other, each to its fate. */
  loseWorkers(survivor: Survivor, fates: readonly Fate[], timings?: WorkerTimings): Promise<Losses>;
  /** Lets a worker that stays alive take the attempt, and waits for its end. */
  rescue(survivor: Survivor): Promise<void>;
  /** What the worker that stays alive waits for longer than ten seconds. */
  waits(): string[];
}

export interface SubmitOptions {
  /** Default: straight to the site's. */
  server?: { hostname: string; port: number };
  /** What the program does. Default: a plain one. */
  kind?: Kind;
  /** How slow the program is. Default 1: about half a second. */
  pace?: number;
}

export interface ChaosSiteOptions {
  /** Processes that wait for their orders. */
  warm: number;
  /** Default: those that the whole run shares. */
  databaseUrl?: string;
  redisUrl?: string;
  identify?: RemoteSubmissionOptions['identify'];
}

export async function chaosSite({ warm, identify, ...services }: ChaosSiteOptions): Promise<ChaosSite> {
  const databaseUrl = services.databaseUrl ?? (await testDatabase());
  const redisUrl = services.redisUrl ?? (await testRedis());
  const storageDirectory = await temporaryFolder('chaos');
  const drs = await testInstance({
    databaseUrl,
    redisUrl,
    storage: disk({ directory: storageDirectory }),
    ...(identify ? { identify } : {}),
  });
  const sshd = await startSshd();
  const processes = startWorkerProcesses(warm);
  const abandoned = new Set<number>();
  const queue = memoryQueue();
  const pending = new PendingCalls();
  const deps = { ...workerDependenciesOf(drs, ({ jobId }) => abandoned.has(jobId)), queue };
  const rescuer = await startWorker(pending.watch(deps), { concurrency: 50 });
  atEnd(() => rescuer.stop());
  let count = 0;
  return {
    drs,
    sshd,
    waits: () => pending.longerThan(10_000),
    async submit(random, { server = { hostname: sshd.hostname, port: sshd.port }, ...options } = {}) {
      count += 1;
      // What wipes the control root of its account would take those of others with it.
      const user = options.kind === 'wiping the control root' ? await sshd.addUser() : sshd.user;
      const startsFile = join(user.home, `starts-${count}`);
      const program = knownProgram(random, { startsFile, ...options });
      const job = await makeJob(drs, { program: program.text, server });
      await prepareDirectory(user, job.id, program);
      const { username, password } = user;
      // Without a ticket: who takes the attempt is the test's choice.
      const { attempt } = await internalsOf(drs).store.requests.submit({
        jobId: job.id,
        kind: 'run',
        isRemote: true,
        username,
        credential: { password },
        logPolicy: 'live',
        timeoutMs: null,
        storeResults: null,
      });
      return { jobId: job.id, attempt, program, startsFile };
    },
    async loseWorkers({ jobId, attempt }, fates, timings) {
      const met: Fate[] = [];
      const gone: Promise<void>[] = [];
      for (const fate of fates) {
        const { status } = await internalsOf(drs)
          .store.statuses.outcome(jobId, attempt)
          .catch(() => unknown);
        if (isFinal(status)) break;
        const services = { databaseUrl, redisUrl, secret: testSecret, storageDirectory };
        const orders = { ...services, ticket: { jobId, attempt }, fate, ...(timings ? { timings } : {}) };
        const worker = await processes.run(orders);
        if (worker.isFateMet) met.push(fate);
        gone.push(worker.gone);
      }
      return { met, gone: () => Promise.all(gone) };
    },
    async rescue({ jobId, attempt }) {
      abandoned.add(jobId);
      await queue.add({ jobId, attempt });
      await waitForEnd(internalsOf(drs), { jobId, attempt });
    },
  };
}
