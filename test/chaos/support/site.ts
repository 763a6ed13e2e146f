/** A site for chaos: an instance, a server, workers that die, and one that comes to the rescue. */

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disk, type RemoteSubmission } from '../../../lib/index.js';
import { isFinal } from '../../../lib/core/job-status.js';
import { internalsOf } from '../../../lib/internals.js';
import { waitForEnd } from '../../../lib/submit/wait-for-end.js';
import { startWorker } from '../../../lib/worker/worker.js';
import { memoryQueue } from '../../../lib/queue/memory-queue.js';
import { atEnd } from '../../support/cleanup.js';
import { makeJob, testInstance, testSecret } from '../../support/instance.js';
import { testDatabase } from '../../support/postgres.js';
import { testRedis } from '../../support/redis.js';
import { startSshd, type Sshd } from '../../support/sshd.js';
import { knownProgram } from './program.js';
import type { Survivor } from './survived.js';
import { workerPartsOf } from './worker-parts.js';
import type { Orders } from './worker-process.js';
import { startWorkerProcesses } from './worker-processes.js';

/** The database is away. */
const unknown = { status: 'running' } as const;

export type Death = Orders['death'];

export interface ChaosSite {
  drs: RemoteSubmission;
  sshd: Sshd;
  /** Submits a job whose every byte is known, and leaves it. */
  submit(random: () => number, server?: { hostname: string; port: number }): Promise<Survivor>;
  /** Lets workers take the attempt one after the other, each to its death. Resolves to how many died as told. */
  killWorkers(survivor: Survivor, deaths: Death[]): Promise<number>;
  /** Lets a worker that stays alive take the attempt, and waits for its end. */
  rescue(survivor: Survivor): Promise<void>;
}

export interface ChaosSiteOptions {
  /** Processes that wait for their orders. */
  warm: number;
  /** Default: those that the whole run shares. */
  databaseUrl?: string;
  redisUrl?: string;
}

export async function chaosSite({ warm, ...services }: ChaosSiteOptions): Promise<ChaosSite> {
  const databaseUrl = services.databaseUrl ?? (await testDatabase());
  const redisUrl = services.redisUrl ?? (await testRedis());
  const storageDirectory = await mkdtemp(join(tmpdir(), 'drs-chaos-'));
  const drs = await testInstance({ databaseUrl, redisUrl, storage: disk({ directory: storageDirectory }) });
  const sshd = await startSshd();
  const processes = startWorkerProcesses(warm);
  const abandoned = new Set<number>();
  const queue = memoryQueue();
  const parts = { ...workerPartsOf(drs, ({ jobId }) => abandoned.has(jobId)), queue };
  const rescuer = await startWorker(parts, { concurrency: 50 });
  atEnd(() => rescuer.stop());
  let count = 0;
  return {
    drs,
    sshd,
    async submit(random, server = { hostname: sshd.hostname, port: sshd.port }) {
      count += 1;
      const startsFile = join(sshd.user.home, `starts-${count}`);
      const program = knownProgram(random, startsFile);
      const job = await makeJob(drs, { program: program.text, server });
      const { username, password } = sshd.user;
      // Without a ticket: who takes the attempt is the test's choice.
      const { attempt } = await internalsOf(drs).store.submit({
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
    async killWorkers({ jobId, attempt }, deaths) {
      let died = 0;
      for (const death of deaths) {
        const { status } = await internalsOf(drs)
          .store.outcome(jobId, attempt)
          .catch(() => unknown);
        if (isFinal(status)) break;
        const orders = { databaseUrl, redisUrl, secret: testSecret, storageDirectory, death };
        if (await processes.run({ ...orders, ticket: { jobId, attempt } }, 10_000)) died += 1;
      }
      return died;
    },
    async rescue({ jobId, attempt }) {
      abandoned.add(jobId);
      await queue.add({ jobId, attempt });
      await waitForEnd(internalsOf(drs), { jobId, attempt });
    },
  };
}
