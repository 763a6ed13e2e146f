/** What the tests of the models share: a migrated database, a job to submit, and a bus that remembers. */

import { Sequelize } from 'sequelize';
import type { Announcement } from '../../lib/protocol/events.js';
import { defineModels, type JobInput, type JobModel, type Models } from '../../lib/models/define-models.js';
import { createJobStore, type JobStore, type NewAttempt } from '../../lib/store/job-store.js';
import { migrate } from '../../lib/models/migrate.js';
import type { EventBus } from '../../lib/queue/event-bus.js';
import { createSealer } from '../../lib/secrets.js';
import type { Began, ControlRoot } from '../../lib/protocol/attempt-records.js';
import type { Claim } from '../../lib/store/attempt-store.js';
import { atEnd } from '../support/cleanup.js';
import { testDatabase } from '../support/postgres.js';

export interface TestStore {
  url: string;
  sequelize: Sequelize;
  models: Models;
  store: JobStore;
  /** What was announced so far. */
  announced: Announcement[];
}

export const secret = 'a secret of the tests, long enough';

/** A Sequelize on `url` that is closed at the end of the run. */
export function connect(url: string, options: ConstructorParameters<typeof Sequelize>[1] = {}): Sequelize {
  const sequelize = new Sequelize(url, { logging: false, ...(options as object) });
  atEnd(() => sequelize.close());
  return sequelize;
}

/** A store on a new database. */
export async function createTestStore(): Promise<TestStore> {
  const url = await testDatabase();
  const sequelize = connect(url, { pool: { max: 10 } });
  const models = defineModels(sequelize);
  await migrate(sequelize);
  const announced: Announcement[] = [];
  const bus: EventBus = {
    publish: (announcement) => announced.push(announcement),
    subscribe: () => () => undefined,
    onReconnect: () => () => undefined,
    close: () => Promise.resolve(),
  };
  const store = createJobStore({ sequelize, models, sealer: createSealer(secret), bus });
  return { url, sequelize, models, store, announced };
}

/** A job that may be submitted, with a server and an interpreter of its own. */
export async function createJob(
  { models }: Pick<TestStore, 'models'>,
  input: Partial<JobInput> = {},
): Promise<JobModel> {
  const interpreter = await models.Interpreter.create({
    name: 'Python 3',
    path: '/usr/bin/python3',
    arguments: ['-u'],
  });
  const server = await models.Server.create({ title: 'Remote', hostname: 'host' });
  await server.setInterpreters([interpreter]);
  return models.Job.create({
    title: 'A job',
    program: 'print(1)',
    remoteDirectory: '~/jobs/{job}',
    remoteFilename: 'program.py',
    owner: 5,
    ownerUsername: 'ann',
    serverId: server.id,
    interpreterId: interpreter.id,
    ...input,
  });
}

/** Submits a job, to run with the app's own key. */
export function submit(
  { store }: TestStore,
  jobId: number,
  more: Partial<NewAttempt> = {},
): ReturnType<JobStore['requests']['submit']> {
  return store.requests.submit({
    jobId,
    kind: 'run',
    isRemote: true,
    username: 'ann',
    credential: null,
    logPolicy: 'live',
    timeoutMs: null,
    storeResults: null,
    ...more,
  });
}

/** A claim that must succeed. */
export async function claim(
  { store }: TestStore,
  ticket: { jobId: number; attempt: number },
  leaseMs = 60_000,
): Promise<Claim> {
  const claimed = await store.attempts.claim(ticket, { workerId: 'worker', leaseMs });
  if (!claimed) throw new Error('The attempt cannot be claimed.');
  return claimed;
}

export const began: Began = {
  machine: 'host:0f3c:12',
  pid: 4711,
  since: '8812',
  listing: { kind: 'made', time: 1_700_000_000 },
};

export const controlRoot: ControlRoot = { id: '00112233445566778899aabbccddeeff', path: '/home/ann b/.drs' };

/** As the worker does it: a permit in a directory of the attempt's own, then the start. */
export async function begin({ store }: Pick<TestStore, 'store'>, claimed: Claim): Promise<void> {
  await store.attempts.permit(claimed, { controlRoot, directory: `/home/ann/jobs/${claimed.jobId}` });
  await store.attempts.markRunning(claimed, began);
}

/** A submitted, claimed and running attempt of a new job. */
export async function running(test: TestStore, more: Partial<NewAttempt> = {}): Promise<Claim> {
  const job = await createJob(test);
  const { attempt } = await submit(test, job.id, more);
  const claimed = await claim(test, { jobId: job.id, attempt });
  await begin(test, claimed);
  return claimed;
}

/** The `code` or the message of the error that `promise` ends with. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  }
  throw new Error('It was not refused.');
}
