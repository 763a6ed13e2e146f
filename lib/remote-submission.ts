/** `createRemoteSubmission(options)`: the one place that puts things together. */

import { createAccess } from './access.js';
import { requirePruneOptions, requireUserId, requireWorkOptions } from './check-input.js';
import type { TellEvent } from './protocol/attempt-events.js';
import { createAccountKeys } from './domain/account-keys.js';
import { createAttempts } from './domain/attempts.js';
import { createAttemptListeners } from './domain/attempt-listeners.js';
import { connectionTest } from './domain/connection-test.js';
import { serverHostKeys } from './domain/host-keys.js';
import { createInterpreters } from './domain/interpreters.js';
import { createJobs } from './domain/jobs.js';
import { openLogs, openResults } from './domain/open-bytes.js';
import { createServers } from './domain/servers.js';
import { stillAllowed } from './domain/use-rights.js';
import { createIdentities, type Identities } from './identities.js';
import { attachInternals, type Internals } from './internals.js';
import { createAudit } from './models/audit.js';
import { createEndedSessions } from './store/ended-sessions.js';
import { createHostKeys } from './store/host-key-store.js';
import { createSignIns } from './store/sign-ins.js';
import { createJobStore } from './store/job-store.js';
import { defineModels } from './models/define-models.js';
import { readInstanceId } from './store/instance-id.js';
import { migrate } from './models/migrate.js';
import { makeResilient } from './models/resilient-pg.js';
import { createOriginRule } from './origins.js';
import { resolveOptions, type RemoteSubmissionOptions, type ResolvedOptions } from './options.js';
import { beeQueue } from './queue/bee-queue.js';
import type { EventBus } from './queue/event-bus.js';
import type { JobQueue } from './queue/job-queue.js';
import { redisBus } from './queue/redis-bus.js';
import type { RemoteSubmission } from './remote-submission-types.js';
import { prune, pruneRegularly } from './retention/prune.js';
import { createSealer } from './secrets.js';
import { local } from './transports/local.js';
import type { Transport } from './transports/session.js';
import { ssh } from './transports/ssh.js';
import { Runner } from './worker/runner.js';
import { defaultTimings } from './worker/timings.js';
import { answeringStore } from './worker/answering-store.js';
import { startWorker, type RunningWorker } from './worker/worker.js';
import type { WorkerDependencies } from './worker/worker-dependencies.js';

export type * from './remote-submission-types.js';

const defaultConcurrency = 50;

/**
 * Makes an instance. Nothing is connected yet: database, Redis and servers are reached when they are needed.
 *
 * @param options see `RemoteSubmissionOptions`; at the least where the database and Redis are
 * @returns the instance: what `drsRouter`, `attachSockets` and `drsAdmin` serve; close it with `close()`
 * @throws OptionsError that lists every problem of the options
 * @example
 * const drs = createRemoteSubmission({ databaseUrl, redisUrl, secret, identity: { privateKeyPath } });
 * await drs.migrate();
 * await drs.work();
 * const { finished } = await drs.submitJob(job.id, { password });
 * const { status, results } = await finished();
 */
export function createRemoteSubmission(options: RemoteSubmissionOptions): RemoteSubmission {
  const internals = createInternals(resolveOptions(options));
  const { models, sequelize, bus, queue } = internals;
  const { limits, logger } = internals.options;
  const { on, tell } = createAttemptListeners(logger);
  const parts = workerParts(internals, tell);
  const workers = new Set<RunningWorker>();
  let runner: Runner | null = null;

  const instance: RemoteSubmission = {
    models,
    migrate: () => migrate(sequelize),
    ...createAttempts({
      ...internals,
      runToEnd: (...run) => (runner ??= new Runner(parts)).runToEnd(...run),
    }),
    jobs: createJobs({ ...internals, limits, logger }),
    servers: {
      ...createServers(internals),
      testConnection: connectionTest(internals),
    },
    interpreters: createInterpreters(internals),
    results: openResults(internals),
    logs: openLogs(internals),
    hostKeys: serverHostKeys(internals),
    on,
    ...createAccountKeys(internals),
    async work(given = {}) {
      requireWorkOptions(given);
      const worker = await startWorker(parts, { concurrency: given.concurrency ?? defaultConcurrency });
      const stopPruning = retain(internals);
      const stop = async (): Promise<void> => {
        workers.delete(running);
        stopPruning();
        await worker.stop();
      };
      let stopped: Promise<void> | undefined;
      const running: RunningWorker = { stop: () => (stopped ??= stop()) };
      workers.add(running);
      return running;
    },
    async endSessions(userId) {
      requireUserId(userId);
      await internals.endedSessions.end(String(userId));
      bus.publish({ type: 'sessions_ended' });
    },
    async prune(given = {}) {
      requirePruneOptions(given);
      return prune(internals, given.olderThanMs ?? internals.options.retention?.afterMs ?? null);
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await runner?.stop();
      const transports = Object.values<Transport>(internals.transports);
      await Promise.all([...transports, queue, bus].map((opened) => opened.close()));
      if (internals.options.ownsSequelize) await sequelize.close();
    },
  };
  return attachInternals(instance, internals);
}

function retain(internals: Internals): () => void {
  const { retention, logger } = internals.options;
  return retention === null ? () => {} : pruneRegularly(internals, retention.afterMs, logger);
}

function createInternals(options: ResolvedOptions): Internals {
  const { sequelize } = options;
  makeResilient(sequelize);
  const models = defineModels(sequelize);
  const { jobs: queue, bus } = options.queue ?? redisQueue(options);
  const hostKeys = createHostKeys(sequelize);
  const sealer = createSealer(options.secret);
  const identities = createIdentities(options.identify, options.logger);
  return {
    options,
    sequelize,
    models,
    store: createJobStore({ sequelize, models, sealer, bus }),
    queue,
    bus,
    storage: options.storage,
    hostKeys,
    transports: { ssh: ssh({ hostKeys, policy: options.hostKeys }), local: local(), ...options.transports },
    schedulers: options.schedulers,
    access: createAccess(options.authorize),
    identities,
    resolveUser: resolverOf(options, identities),
    endedSessions: createEndedSessions(sequelize),
    origins: createOriginRule(options.origins),
    audit: createAudit(sequelize),
    signIns: createSignIns(sequelize),
  };
}

function resolverOf({ resolveUser }: ResolvedOptions, { check }: Identities): Internals['resolveUser'] {
  return resolveUser ? async (id) => check(await resolveUser(id), 'resolveUser()', id) : null;
}

function redisQueue({ redis, sequelize, logger }: ResolvedOptions): { jobs: JobQueue; bus: EventBus } {
  let instanceId: Promise<string> | null = null;
  const namespace = (): Promise<string> => {
    instanceId ??= readInstanceId(sequelize).catch((error: unknown) => {
      instanceId = null;
      throw error;
    });
    return instanceId;
  };
  const settings = { redis: redis ?? {}, namespace, logger };
  return { jobs: beeQueue(settings), bus: redisBus(settings) };
}

function workerParts(internals: Internals, tell: TellEvent): WorkerDependencies {
  const { options, store, storage, queue, bus, transports, schedulers, hostKeys } = internals;
  const { identity, limits, logger } = options;
  return {
    store: answeringStore(store.attempts),
    storage,
    queue,
    bus,
    transports,
    schedulers,
    hostKeys,
    identity,
    limits,
    logger,
    timings: defaultTimings,
    requireRights: options.isAuthorizeGiven ? stillAllowed(internals) : async () => undefined,
    tell,
  };
}
