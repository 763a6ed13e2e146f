/** What attempts that have ended left on their servers. */

import type { AttemptStore, Leftovers } from './attempt-store.js';
import { readControlRoot } from './control-root.js';
import { rowsOf } from '../models/run-query.js';
import type { StoreDependencies } from './store-dependencies.js';

type LeftoversMethods = Pick<AttemptStore, 'forgetLeftovers' | 'findLeftovers'>;

const forgetSql = `
UPDATE drs_attempts a SET has_remains = false, has_directory = a.has_directory AND NOT r.is_whole
FROM unnest($1::int[], $2::bool[]) AS r (id, is_whole) WHERE a.id = r.id`;

// Within a minute, whoever ended the attempt cleans up itself. After a month it is given up: the control root is
// another one by now, or was never there again.
const selectSql = (condition: string): string => `
SELECT a.id FROM drs_attempts a JOIN drs_jobs j ON j.id = a.job_id JOIN drs_servers s ON s.id = j.server_id
WHERE ${condition} AND a.username = $3 AND a.is_remote = $2 AND s.id = $1
  AND (NOT a.is_remote OR (a.hostname = s.hostname AND a.port = s.port))
  AND a.finished_at > now() - interval '30 days'`;

// One index each: an OR would read everything that ended within the day.
const findSql = `
SELECT a.id AS "attemptId", a.job_id AS "jobId", a.number AS attempt, j.uuid, j.owner_username AS "ownerUsername",
  j.remote_directory AS "remoteDirectory", a.control_root AS "controlRoot", a.control_directory AS "controlDirectory",
  a.has_directory AND a.finished_at < now() - interval '1 day' AS "isWhole"
FROM (
  ${selectSql(`a.has_remains AND a.finished_at IS NOT NULL AND a.finished_at < now() - interval '1 minute'`)}
  UNION
  ${selectSql(`a.has_directory AND a.finished_at IS NOT NULL AND a.finished_at < now() - interval '1 day'`)}
) AS left_over JOIN drs_attempts a ON a.id = left_over.id JOIN drs_jobs j ON j.id = a.job_id
ORDER BY random() LIMIT $4`;

export function leftoverMethods({ sequelize }: StoreDependencies): LeftoversMethods {
  return {
    async forgetLeftovers(leftovers) {
      const bind = [leftovers.map(({ attemptId }) => attemptId), leftovers.map(({ isWhole }) => isWhole)];
      await rowsOf(sequelize, { sql: forgetSql, bind });
    },
    async findLeftovers({ serverId, isRemote, username }, limit) {
      const bind = [serverId, isRemote, username, limit];
      const rows = await rowsOf<LeftoversRow>(sequelize, { sql: findSql, bind });
      return rows.map((row) => ({ ...row, controlRoot: readControlRoot(row.controlRoot) }));
    },
  };
}

type LeftoversRow = Omit<Leftovers, 'controlRoot'> & { controlRoot: string | null };
