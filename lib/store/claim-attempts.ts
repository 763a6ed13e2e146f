/** Who may carry out an attempt: claims, leases, and giving them up. */

import { ClaimLostError } from '../errors.js';
import type { AttemptStore, Claim } from './attempt-store.js';
import type { Ticket } from '../queue/job-queue.js';
import { readControlRoot } from './control-root.js';
import { viaOf } from '../models/hops.js';
import { vanishedAtOnce } from './holders-vanished.js';
import { messageOf } from './message-text.js';
import { rowsOf } from '../models/run-query.js';
import {
  announceStatus,
  statusColumns,
  type MaybeStatusRow,
  type StoreDependencies,
} from './store-dependencies.js';
import { active } from '../models/active-states.js';

type ClaimMethods = Pick<AttemptStore, 'claim' | 'renew' | 'defer' | 'release' | 'wake' | 'findUnheld'>;

/** SQL: nobody holds the attempt `a`, and it is due. */
const isFree = `a.status IN ${active} AND (a.lease_until IS NULL OR a.lease_until <= now())
  AND (a.next_try_at IS NULL OR a.next_try_at <= now())`;

/** SQL: a number that rises with whatever comes of the attempt `a`. */
const progress = `(a.began IS NOT NULL)::int + (a.ended IS NOT NULL)::int
  + coalesce((SELECT max(seq) FROM drs_logs WHERE job_id = a.job_id AND attempt = a.number), 0)
  + (SELECT count(*) FROM drs_results WHERE job_id = a.job_id AND attempt = a.number)`;

/**
 * SQL: its holder vanished. Whoever stops or defers it releases it; whoever held it for long was not ended by it, but
 * by something else, such as a machine that was switched off.
 */
const hasVanished = `a.worker_id IS NOT NULL AND a.lease_until - a.claimed_at < interval '10 minutes'`;

/** SQL: the server has other jump hosts than the attempt `c` keeps. */
const isOtherWay = `CASE WHEN c.via IS NULL AND s.proxy_jump IS NULL THEN false
  ELSE lower(c.via::text) IS DISTINCT FROM lower(${viaOf('s.id')}::text) END`;

/** SQL: the jump hosts that the attempt `c` keeps, with what their servers allow now. */
const viaNow = `CASE WHEN c.via IS NULL THEN '[]' ELSE (
    SELECT jsonb_agg(hop || jsonb_build_object('legacyAlgorithms', coalesce(h.legacy_algorithms, false)) ORDER BY place)
    FROM jsonb_array_elements(c.via) WITH ORDINALITY AS hops (hop, place)
    LEFT JOIN drs_servers h ON h.id = (hop ->> 'id')::int) END`;

/** SQL: who gave no sign of life after the claim is more likely to have been ended by it. */
const weight = `CASE WHEN a.lease_until - a.claimed_at > $4::float8 * interval '1 millisecond'
  THEN 1 ELSE ${vanishedAtOnce} END`;

// Two workers at once: the second waits for the row, sees the new lease, and updates nothing.
const claimSql = `
WITH c AS (
  UPDATE drs_attempts a
  SET worker_id = $3, lease_until = now() + $4::float8 * interval '1 millisecond', fence = a.fence + 1, next_try_at = NULL,
    holders_vanished = CASE WHEN ${hasVanished} AND ${progress} <= a.known_progress
      THEN a.holders_vanished + ${weight} ELSE 0 END,
    known_progress = ${progress}, claimed_at = now()
  WHERE a.job_id = $1 AND a.number = $2 AND ${isFree}
  RETURNING a.*
)
SELECT c.id AS "attemptId", c.fence, c.job_id AS "jobId", c.number AS attempt, c.kind, c.is_remote AS "isRemote",
  c.permitted_at IS NOT NULL AS "isPermitted", c.control_root AS "controlRoot", c.directory, c.began, c.ended,
  c.holders_vanished AS "holdersVanished",
  c.kind = 'run' AND c.status = 'running' AND c.began IS NULL AS "isOfOldLayout",
  c.is_remote AND ((lower(c.hostname), c.port) IS DISTINCT FROM (lower(s.hostname), s.port) OR ${isOtherWay}
    OR coalesce(c.transport, s.transport) <> s.transport) AS "isAddressChanged",
  ${viaNow} AS via,
  c.cancel_requested_at IS NOT NULL AS "isCancelRequested", c.submitted_by AS "submittedBy", c.control_directory AS "controlDirectory",
  j.title, j.uuid, j.owner, j.owner_username AS "ownerUsername",
  j.remote_directory AS "remoteDirectory", j.remote_filename AS "remoteFilename", j.program,
  json_build_object('id', s.id, 'title', s.title, 'hostname', coalesce(c.hostname, s.hostname),
    'port', coalesce(c.port, s.port), 'legacyAlgorithms', s.legacy_algorithms,
    'transport', coalesce(c.transport, s.transport), 'scheduler', s.scheduler) AS server,
  json_build_object('id', i.id, 'name', i.name, 'path', i.path, 'arguments', i.arguments) AS interpreter,
  c.username, EXISTS (SELECT 1 FROM drs_secrets WHERE attempt_id = c.id) AS "hasCredential", c.log_policy AS "logPolicy", c.timeout_ms AS "timeoutMs", c.store_results AS "storeResults",
  (extract(epoch FROM now() - c.unreachable_since) * 1000)::float8 AS "unreachableForMs", c.unreachable_tries AS "unreachableTries"
FROM c JOIN drs_jobs j ON j.id = c.job_id
JOIN drs_servers s ON s.id = j.server_id JOIN drs_interpreters i ON i.id = j.interpreter_id`;

const renewSql = `
WITH wanted AS (SELECT * FROM unnest($1::int[], $2::int[]) AS w (id, fence)),
held AS (
  UPDATE drs_attempts a SET lease_until = now() + $3::float8 * interval '1 millisecond'
  FROM wanted w WHERE a.id = w.id AND a.fence = w.fence AND a.status IN ${active}
  RETURNING a.id, a.fence, a.cancel_requested_at
)
SELECT w.id AS "attemptId", held.id IS NOT NULL AS "isHeld",
  held.cancel_requested_at IS NOT NULL AS "isCancelRequested"
FROM wanted w LEFT JOIN held ON held.id = w.id AND held.fence = w.fence`;

// A new fencing number without a holder: what the old holder still writes is refused from now on.
const giveUp = `worker_id = NULL, lease_until = NULL, fence = a.fence + 1`;

const deferSql = `
WITH held AS (
  UPDATE drs_attempts a
  SET ${giveUp}, next_try_at = now() + $3::float8 * interval '1 millisecond', message = $4,
    unreachable_since = CASE WHEN $5::int IS NULL THEN a.unreachable_since ELSE coalesce(a.unreachable_since, now()) END,
    unreachable_tries = coalesce($5::int, a.unreachable_tries)
  WHERE a.id = $1 AND a.fence = $2 AND a.status IN ${active}
  RETURNING a.job_id, a.number
), j AS (
  UPDATE drs_jobs j SET message = $4, updated_at = now()
  FROM held WHERE j.id = held.job_id AND j.attempt = held.number
  RETURNING j.*
)
SELECT ${statusColumns} FROM held LEFT JOIN j ON true`;

const wakeSql = `
UPDATE drs_attempts a SET next_try_at = NULL
WHERE lower(a.hostname) = lower($1) AND a.port = $2 AND a.status IN ${active} AND a.is_remote
  AND a.next_try_at IS NOT NULL AND a.unreachable_since IS NOT NULL`;

const releaseSql = `
UPDATE drs_attempts a SET ${giveUp} WHERE a.id = $1 AND a.fence = $2 AND a.status IN ${active} RETURNING a.id`;

// A new attempt is left to the one whose ticket is on its way, or who runs it without a ticket.
const unheldSql = `
SELECT a.job_id AS "jobId", a.number AS attempt FROM drs_attempts a
WHERE ${isFree} AND (a.fence > 0 OR a.submitted_at < now() - interval '10 seconds') ORDER BY a.id LIMIT $1`;

export function claimMethods({ sequelize, bus }: StoreDependencies): ClaimMethods {
  return {
    async claim({ jobId, attempt }, { workerId, leaseMs }) {
      const bind = [jobId, attempt, workerId, leaseMs];
      const [row] = await rowsOf<ClaimRow>(sequelize, { sql: claimSql, bind });
      return row === undefined ? null : claimOf(row);
    },
    async renew(claims, leaseMs) {
      if (claims.length === 0) return [];
      const bind = [claims.map(({ attemptId }) => attemptId), claims.map(({ fence }) => fence), leaseMs];
      return rowsOf(sequelize, { sql: renewSql, bind });
    },
    async defer({ attemptId, fence }, { nextTryAt, message, tries = null }) {
      // As a distance, so that the clocks of worker and database may differ.
      const waitMs = nextTryAt.getTime() - Date.now();
      const bind = [attemptId, fence, waitMs, messageOf(message), tries];
      const [row] = await rowsOf<MaybeStatusRow>(sequelize, { sql: deferSql, bind });
      if (!row) throw new ClaimLostError(attemptId);
      announceStatus(bus, row);
    },
    async release({ attemptId, fence }) {
      await rowsOf(sequelize, { sql: releaseSql, bind: [attemptId, fence] });
    },
    async wake({ hostname, port }) {
      await rowsOf(sequelize, { sql: wakeSql, bind: [hostname, port] });
    },
    findUnheld(limit) {
      return rowsOf<Ticket>(sequelize, { sql: unheldSql, bind: [limit] });
    },
  };
}

/** As a span of time, so that the clocks of worker and database may differ. */
type ClaimRow = Omit<Claim, 'unreachableSince' | 'controlRoot'> & {
  unreachableForMs: number | null;
  controlRoot: string | null;
};

function claimOf({ unreachableForMs, controlRoot, ...claim }: ClaimRow): Claim {
  const unreachableSince = unreachableForMs === null ? null : new Date(Date.now() - unreachableForMs);
  return { ...claim, controlRoot: readControlRoot(controlRoot), unreachableSince };
}
