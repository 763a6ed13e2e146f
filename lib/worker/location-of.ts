/** Where an attempt lives on its server. */

import { fillPlaceholders } from '../protocol/remote-path.js';
import type { AttemptLocation } from '../schedulers/scheduler.js';
import type { Leftovers } from '../store/attempt-store.js';

/** Once permitted it is known by its physical path: links may lead elsewhere by now. */
export function locationOf(
  attempt: Omit<Leftovers, 'attemptId' | 'isWhole'> & { directory?: string | null },
): AttemptLocation {
  const { jobId, uuid, ownerUsername, controlRoot, controlDirectory } = attempt;
  const values = { job: jobId, attempt: attempt.attempt, owner: ownerUsername };
  return {
    directory: attempt.directory ?? fillPlaceholders(attempt.remoteDirectory, values),
    name: `${uuid}-${attempt.attempt}`,
    controlRoot,
    controlDirectory,
  };
}
