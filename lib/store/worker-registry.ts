/** Which workers are alive, idle ones too. */

import type { AttemptStore } from './attempt-store.js';
import { rowsOf } from '../models/run-query.js';
import type { StoreDependencies } from './store-dependencies.js';

/** A worker as an administrator sees it. */
export interface LiveWorker {
  /** As in `drs_attempts.worker_id`. */
  id: string;
  hostname: string;
  pid: number;
  since: Date;
  /** How many attempts it carries out at the same time. */
  slots: number;
  /** How many of them it carries out now. */
  used: number;
}

/** The workers, whichever process they are in. */
export interface Workers {
  /** Those that gave a sign of life lately, the oldest first. */
  live(): Promise<LiveWorker[]>;
}

// Forgets those that gave no sign of life for an hour.
const beatSql = `
WITH gone AS (DELETE FROM drs_workers WHERE seen_at < now() - interval '1 hour' AND id <> $1)
INSERT INTO drs_workers (id, hostname, pid, slots) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET seen_at = now()`;

// Three signs of life may be missed: as long as a worker keeps its leases without one.
const liveSql = `
SELECT w.id, w.hostname, w.pid, w.started_at AS since, w.slots,
  (SELECT count(*)::int FROM drs_attempts a WHERE a.status IN ('submitted', 'running') AND a.worker_id = w.id) AS used
FROM drs_workers w WHERE w.seen_at > now() - interval '30 seconds' ORDER BY w.started_at, w.id`;

export function createWorkers({ sequelize }: StoreDependencies): Workers {
  return { live: () => rowsOf<LiveWorker>(sequelize, { sql: liveSql }) };
}

export function presenceMethods({ sequelize }: StoreDependencies): Pick<AttemptStore, 'beat' | 'leave'> {
  return {
    async beat({ workerId, hostname, pid, slots }) {
      await rowsOf(sequelize, { sql: beatSql, bind: [workerId, hostname, pid, slots] });
    },
    async leave(workerId) {
      await rowsOf(sequelize, { sql: 'DELETE FROM drs_workers WHERE id = $1', bind: [workerId] });
    },
  };
}
