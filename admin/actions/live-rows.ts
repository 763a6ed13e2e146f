/** How the jobs of a list stand right now. */

import type { User } from '../../lib/protocol/records.js';
import { maxInteger } from '../../lib/protocol/max-integer.js';
import type { PanelContext } from '../resources/context.js';

/** A page of the list shows at most so many. */
const maxRows = 500;
const shown = [
  ...(['id', 'status', 'message', 'failureReason', 'exitCode', 'signal'] as const),
  ...(['startedAt', 'finishedAt'] as const),
];

/** Those of the jobs that the person may see. @param list their ids with commas between */
export async function liveRows(
  { drs: { models }, access }: PanelContext,
  { list, user }: { list: unknown; user: User },
): Promise<{ rows: object[] }> {
  const ids = String(list)
    .split(',')
    .slice(0, maxRows)
    .map(Number)
    .filter((id) => Number.isInteger(id) && id > 0 && id <= maxInteger);
  const jobs = await models.Job.findAll({
    where: { id: ids },
    attributes: [...shown, 'owner', 'ownerUsername', 'serverId', 'interpreterId', 'title'],
  });
  const isVisible = await Promise.all(jobs.map(async (job) => access.isAllowed(user, 'job:read', job)));
  return {
    rows: jobs
      .filter((_job, index) => isVisible[index])
      .map((job) => Object.fromEntries(shown.map((name) => [name, job[name]]))),
  };
}
