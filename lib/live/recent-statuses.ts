/** The jobs that changed last, as far as a user may see them. */

import type { StatusEvent } from '../protocol/events.js';
import type { User } from '../protocol/records.js';
import type { LiveDependencies } from './live-dependencies.js';
import { withoutProgram } from '../domain/find-records.js';

/** How many are looked at for each one wanted, where the host's own rules hide some. */
const lookedAtForEach = 5;

/** Newest first, at most `limit`. */
export async function recentStatuses(
  dependencies: LiveDependencies,
  user: User,
  limit: number,
): Promise<StatusEvent[]> {
  const { access, store } = dependencies;
  if (access.isDefault) {
    return store.statuses.recentStatuses(
      user.isAdmin === true ? { limit } : { owner: String(user.id), limit },
    );
  }
  const recent = await store.statuses.recentStatuses({ limit: limit * lookedAtForEach });
  return (await visible(dependencies, recent, user)).slice(0, limit);
}

async function visible(
  { access, models }: LiveDependencies,
  events: readonly StatusEvent[],
  user: User,
): Promise<StatusEvent[]> {
  const found = await models.Job.findAll({
    where: { id: events.map(({ jobId }) => jobId) },
    ...withoutProgram,
  });
  const allowed = new Set<number>();
  for (const job of found) if (await access.isAllowed(user, 'job:read', job)) allowed.add(job.id);
  return events.filter(({ jobId }) => allowed.has(jobId));
}
