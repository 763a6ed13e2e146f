/** What a worker is made from, for tests: quick to notice a death, and confined to some jobs. */

import type { RemoteSubmission } from '../../../lib/index.js';
import { internalsOf } from '../../../lib/internals.js';
import type { Ticket } from '../../../lib/queue/job-queue.js';
import { ssh } from '../../../lib/transports/ssh.js';
import { answeringStore } from '../../../lib/worker/answering-store.js';
import type { WorkerDependencies } from '../../../lib/worker/worker-dependencies.js';
import { atEnd } from '../../support/cleanup.js';

const quick = { leaseMs: 1_500, heartbeatMs: 400, reconcileMs: 200 };
const quickConnections = { keepaliveMs: 1_000, connectTimeoutMs: 5_000, startTimeoutMs: 5_000 };

/** @param isMine which of the attempts that nobody holds the worker may take */
export function workerDependenciesOf(
  drs: RemoteSubmission,
  isMine: (ticket: Ticket) => boolean = () => true,
): WorkerDependencies {
  const { options, storage, queue, bus, transports, hostKeys } = internalsOf(drs);
  const { identity, limits, logger } = options;
  const store = answeringStore(internalsOf(drs).store.attempts);
  const connections = ssh({ hostKeys, policy: options.hostKeys, ...quickConnections });
  atEnd(() => connections.close());
  return {
    store: { ...store, findUnheld: async () => (await store.findUnheld(10_000)).filter(isMine) },
    storage,
    queue,
    bus,
    transports: { ...transports, ssh: connections },
    schedulers: options.schedulers,
    hostKeys,
    identity,
    limits,
    logger,
    timings: quick,
    tell: () => undefined,
    requireRights: async () => undefined,
  };
}
