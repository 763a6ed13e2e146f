/** The permit to start an attempt: the first witness of its start. */

import { ClaimLostError, DirectoryInUseError } from '../errors.js';
import type { AttemptStore, Claim } from './attempt-store.js';
import { writeControlRoot } from './control-root.js';
import { isUniqueViolation, rowsOf, withoutNul } from '../models/run-query.js';
import type { StoreDependencies } from './store-dependencies.js';
import { active } from '../models/active-states.js';

type PermitMethods = Pick<AttemptStore, 'permit' | 'neighbours'>;

const addressOf = (row: string): string => `lower(coalesce(${row}.hostname, '')), coalesce(${row}.port, 0)`;
/** SQL: the columns of the unique index over directories, but for the last: the account. */
const directoryKeyOf = (row: string): string => `md5(${row}.directory), ${addressOf(row)}`;
const accountOf = (row: string): string => `(CASE WHEN ${row}.is_remote THEN ${row}.username ELSE '' END)`;

/** SQL: attempts under way in the directory of the row `held`. */
const others = `FROM drs_attempts o
  WHERE (${directoryKeyOf('o')}) = (${directoryKeyOf('held')}) AND o.directory = held.directory AND o.status IN ${active}
    AND o.id <> held.id`;

// A machine may have several names: one control root is one account of one machine, whatever the address.
// A cancel is one update of the same row: whichever comes second sees what the first has written.
const permitSql = `
WITH held AS (
  UPDATE drs_attempts a
  SET control_root = $3, directory = $4, permitted_at = coalesce(a.permitted_at, now()), has_remains = true,
    has_directory = true
  WHERE a.id = $1 AND a.fence = $2 AND a.status = 'submitted' AND a.began IS NULL AND a.ended IS NULL
    AND a.cancel_requested_at IS NULL AND (a.control_root IS NULL OR a.control_root = $3)
  RETURNING a.*
)
SELECT (
  SELECT json_build_object('jobId', o.job_id, 'attempt', o.number)
  ${others} AND ${accountOf('o')} <> ${accountOf('held')} ORDER BY o.id LIMIT 1
) AS other, (
  SELECT json_build_object('jobId', o.job_id, 'attempt', o.number, 'title', j.title)
  FROM drs_attempts o JOIN drs_jobs j ON j.id = o.job_id
  WHERE md5(o.directory) = md5(held.directory) AND o.directory = held.directory AND o.status IN ${active}
    AND o.control_root = held.control_root AND o.id <> held.id AND o.permitted_at <= held.permitted_at LIMIT 1
) AS twin
FROM held`;

const userSql = `
WITH held AS (SELECT id, hostname, port, is_remote, username, $2::text AS directory FROM drs_attempts WHERE id = $1)
SELECT o.job_id AS "jobId", o.number AS attempt, j.title
FROM held, LATERAL (SELECT o.* ${others} AND ${accountOf('o')} = ${accountOf('held')}) AS o
JOIN drs_jobs j ON j.id = o.job_id`;

// What has ended meanwhile is found by the time of its end. Folder '' is the directory itself.
const neighboursSql = `
WITH held AS (SELECT *, rtrim(directory, '/') || '/' AS inside FROM drs_attempts WHERE id = $1)
SELECT substr(o.directory, length(held.inside) + 1) AS folder,
  min(o.job_id) AS "jobId", (array_agg(o.number ORDER BY o.job_id))[1] AS attempt
FROM held, LATERAL (
  SELECT o.* FROM drs_attempts o WHERE o.status IN ${active}
  UNION ALL
  SELECT o.* FROM drs_attempts o WHERE o.finished_at > held.permitted_at
) AS o
WHERE o.permitted_at IS NOT NULL AND o.id <> held.id AND (${addressOf('o')}) = (${addressOf('held')})
  AND (left(o.directory, length(held.inside)) = held.inside
    OR (o.directory = held.directory AND ${accountOf('o')} <> ${accountOf('held')}))
GROUP BY folder`;

/** It may end just when it is asked for. */
const mostTries = 5;

interface Other {
  jobId: number;
  attempt: number;
}
type User = Other & { title: string };

interface Permitted {
  /** Of another account in the same directory. */
  other: Other | null;
  /** Of the same account there, by another address. */
  twin: User | null;
}

export function permitMethods({ sequelize }: StoreDependencies): PermitMethods {
  return {
    async neighbours({ attemptId }) {
      const rows = await rowsOf<Other & { folder: string }>(sequelize, {
        sql: neighboursSql,
        bind: [attemptId],
      });
      const sharer = rows.find(({ folder }) => folder === '');
      const inner = rows.map(({ folder }) => folder).filter((folder) => folder !== '');
      return { note: sharer ? noteOf(sharer) : null, inner };
    },
    async permit(claim, { controlRoot, directory }) {
      const path = withoutNul(directory);
      const bind = [claim.attemptId, claim.fence, writeControlRoot(controlRoot), path];
      for (let tries = 1; ; tries += 1) {
        try {
          const [row] = await rowsOf<Permitted>(sequelize, { sql: permitSql, bind });
          if (!row) throw new ClaimLostError(claim.attemptId);
          if (row.twin) throw inUse(claim, directory, row.twin);
          return row.other && noteOf(row.other);
        } catch (error) {
          if (!isUniqueViolation(error)) throw error;
          const userBind = [claim.attemptId, path];
          const [user] = await rowsOf<User>(sequelize, { sql: userSql, bind: userBind });
          if (user || tries === mostTries) throw inUse(claim, directory, user);
        }
      }
    },
  };
}

function noteOf({ jobId, attempt }: Other): string {
  return `Attempt ${attempt} of job ${jobId}, by another account, was under way in the same directory.`;
}

function inUse(claim: Claim, directory: string, user: User | undefined): Error {
  const where = claim.isRemote ? claim.server.hostname : 'this machine';
  const by = user ? `attempt ${user.attempt} of job ${user.jobId} ("${user.title}")` : 'another attempt';
  return new DirectoryInUseError(
    `The remote directory ${directory} on ${where} is in use by ${by}. ` +
      'Give each job a directory of its own, as {job} does, or wait.',
  );
}
