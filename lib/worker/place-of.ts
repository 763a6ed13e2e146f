/** Where an attempt lives on its server. */

import { fillPlaceholders } from '../core/remote-path.js';
import type { AttemptPlace } from '../schedulers/scheduler.js';
import type { Remains } from './attempt-store.js';

export function placeOf({ jobId, attempt, uuid, ownerUsername, remoteDirectory }: Remains): AttemptPlace {
  const values = { job: jobId, attempt, owner: ownerUsername };
  return { directory: fillPlaceholders(remoteDirectory, values), name: `${uuid}-${attempt}` };
}
