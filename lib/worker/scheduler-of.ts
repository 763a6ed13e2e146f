/** Which scheduler an attempt is carried out with. */

import { DrsError } from '../errors.js';
import { defaultScheduler } from '../protocol/rules.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type { Claim } from '../store/attempt-store.js';
import type { WorkerDependencies } from './worker-dependencies.js';

/** That of its server; on this machine programs are started directly. @throws DrsError `unknown_scheduler` */
export function schedulerOf(
  { schedulers }: Pick<WorkerDependencies, 'schedulers'>,
  { isRemote, server }: Pick<Claim, 'isRemote' | 'server'>,
): Scheduler {
  const name = isRemote ? server.scheduler : defaultScheduler;
  const scheduler = Object.hasOwn(schedulers, name) ? schedulers[name] : undefined;
  if (scheduler) return scheduler;
  throw new DrsError(
    'unknown_scheduler',
    `“${server.title}” wants the scheduler ${name}, which this worker does not have: give it in the option \`schedulers\` of every process that works.`,
  );
}
