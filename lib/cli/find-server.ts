/** A server as people type it. */

import type { RemoteSubmission } from '../remote-submission.js';
import { findByName } from './find-record.js';

/** The id of the server with this title or id. @throws CommandError that lists what there is */
export async function findServer(drs: RemoteSubmission, nameOrId: string): Promise<number> {
  const servers = await drs.models.Server.findAll();
  return findByName(
    'server',
    nameOrId,
    servers.map(({ id, title }) => ({ id, label: title })),
  ).id;
}
