/** When warm connections to a machine became stale: the audit tells. */

import type { AttemptStore } from './attempt-store.js';
import { rowsOf, withoutNul } from '../models/run-query.js';
import type { StoreDependencies } from './store-dependencies.js';

const lastSql = `
SELECT max(id)::float8 AS last FROM drs_audit
WHERE hostname = $1 AND port = $2
  AND action IN ('key_deleted', 'host_key_forgotten', 'legacy_algorithms_allowed', 'legacy_algorithms_forbidden')`;

export function retiredMethods({ sequelize }: StoreDependencies): Pick<AttemptStore, 'lastRetired'> {
  return {
    async lastRetired({ hostname, port }) {
      const bind = [withoutNul(hostname).toLowerCase(), port];
      const [row] = await rowsOf<{ last: number | null }>(sequelize, { sql: lastSql, bind });
      return row?.last ?? null;
    },
  };
}
