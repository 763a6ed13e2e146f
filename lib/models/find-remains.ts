/** What attempts that have ended left on their servers. */

import type { AttemptStore, Remains } from '../worker/attempt-store.js';
import { rowsOf } from './run-query.js';
import type { StoreParts } from './store-parts.js';

type RemainsMethods = Pick<AttemptStore, 'forgetRemains' | 'findRemains'>;

const forgetSql = 'UPDATE drs_attempts SET has_remains = false WHERE id = ANY($1::int[])';

// Within a minute, whoever ended the attempt cleans up itself.
const findSql = `
SELECT a.id AS "attemptId", a.job_id AS "jobId", a.number AS attempt, j.uuid, j.owner_username AS "ownerUsername",
  j.remote_directory AS "remoteDirectory"
FROM drs_attempts a JOIN drs_jobs j ON j.id = a.job_id
WHERE a.has_remains AND a.finished_at IS NOT NULL AND a.finished_at < now() - interval '1 minute'
  AND j.server_id = $1 AND a.is_remote = $2 AND a.username = $3
ORDER BY random() LIMIT $4`;

export function remainsMethods({ sequelize }: StoreParts): RemainsMethods {
  return {
    async forgetRemains(attemptIds) {
      await rowsOf(sequelize, { sql: forgetSql, bind: [attemptIds] });
    },
    findRemains: ({ serverId, isRemote, username }, limit) =>
      rowsOf<Remains>(sequelize, { sql: findSql, bind: [serverId, isRemote, username, limit] }),
  };
}
