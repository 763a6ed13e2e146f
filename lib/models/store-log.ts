/** The stored output of attempts. */

import type { Stream } from '../core/log-policy.js';
import { ClaimLostError } from '../errors.js';
import type { Claim, LogHead, NewLogChunk } from '../worker/attempt-store.js';
import { isUniqueViolation, rowsOf } from './run-query.js';
import type { StoreParts } from './store-parts.js';

/** A chunk of output as it is stored. */
export interface StoredChunk {
  seq: number;
  stream: Stream;
  /** Bytes of this stream before this chunk. */
  offset: number;
  time: Date;
  content: Buffer;
}

/** Which chunks to read. */
export interface LogRange {
  jobId: number;
  attempt: number;
  /** Chunks with a greater `seq`. */
  after: number;
  /** At most so many chunks. */
  limit: number;
  /** No chunk that begins beyond so many bytes; the first one comes whatever its size. */
  maxBytes?: number;
}

/** The part of the job store that keeps logs. */
export interface LogMethods {
  logHead(claim: Claim): Promise<LogHead>;
  logHeadOf(jobId: number, attempt: number): Promise<LogHead>;
  appendLog(claim: Claim, head: LogHead, chunks: readonly NewLogChunk[]): Promise<void>;
  /** In order of `seq`. */
  readLog(range: LogRange): Promise<StoredChunk[]>;
}

// All bytes travel as one binary value, cut up over there: an array of byte strings would travel as hex text.
// FOR SHARE makes a new claim wait until these chunks are in, so that it continues behind them.
const appendSql = `
WITH held AS (SELECT 1 FROM drs_attempts WHERE id = $1 AND fence = $2 AND status = 'running' FOR SHARE),
added AS (
  INSERT INTO drs_logs (job_id, attempt, seq, stream, byte_offset, time, content)
  SELECT $3, $4, $5::int + c.number, c.stream, c.byte_offset, c.time, substring($10::bytea FROM c.start FOR c.length)
  FROM unnest($6::text[], $7::bigint[], $8::timestamptz[], $9::int[], $11::int[])
    WITH ORDINALITY AS c (stream, byte_offset, time, length, start, number)
  WHERE EXISTS (SELECT 1 FROM held)
  ORDER BY c.number
  RETURNING 1
)
SELECT count(*)::int AS count FROM added`;

const endOf = (stream: Stream): string => `coalesce((
  SELECT byte_offset + octet_length(content) FROM drs_logs WHERE job_id = $1 AND attempt = $2 AND stream = '${stream}'
  ORDER BY byte_offset DESC LIMIT 1), 0)::float8 AS ${stream}`;

const headSql = `
SELECT coalesce((SELECT max(seq) FROM drs_logs WHERE job_id = $1 AND attempt = $2), 0)::int AS seq,
  ${endOf('stdout')}, ${endOf('stderr')}`;

const readSql = `
SELECT seq, stream, byte_offset::float8 AS "offset", time, content FROM (
  SELECT *, coalesce(sum(octet_length(content)) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW), 0) AS before
  FROM (SELECT * FROM drs_logs WHERE job_id = $1 AND attempt = $2 AND seq > $3 ORDER BY seq LIMIT $4) AS page
) AS measured
WHERE before < $5::float8 OR before = 0 ORDER BY seq`;

export function logMethods(parts: StoreParts): LogMethods {
  const { sequelize } = parts;
  const logHeadOf = async (jobId: number, attempt: number): Promise<LogHead> => {
    const [row] = await rowsOf<LogHead>(sequelize, { sql: headSql, bind: [jobId, attempt] });
    return row ?? { seq: 0, stdout: 0, stderr: 0 };
  };
  return {
    logHeadOf,
    logHead: ({ jobId, attempt }) => logHeadOf(jobId, attempt),
    appendLog: (claim, head, chunks) => append(parts, claim, { head, chunks }),
    readLog({ jobId, attempt, after, limit, maxBytes }) {
      const bind = [jobId, attempt, after, limit, maxBytes ?? Number.MAX_SAFE_INTEGER];
      return rowsOf<StoredChunk>(sequelize, { sql: readSql, bind });
    },
  };
}

async function append(
  { sequelize, bus }: StoreParts,
  claim: Claim,
  { head, chunks }: { head: LogHead; chunks: readonly NewLogChunk[] },
): Promise<void> {
  if (chunks.length === 0) return;
  const { attemptId, fence, jobId, attempt } = claim;
  const bind = [attemptId, fence, jobId, attempt, head.seq, ...columnsOf(chunks)];
  const [row] = await rowsOf<{ count: number }>(sequelize, { sql: appendSql, bind }).catch(
    (error: unknown) => {
      // Somebody else has stored chunks with these numbers.
      throw isUniqueViolation(error) ? new ClaimLostError(attemptId) : error;
    },
  );
  if (row?.count !== chunks.length) throw new ClaimLostError(attemptId);
  bus.publish({ type: 'log', jobId, attempt, seq: head.seq + chunks.length });
}

/** `$6` to `$11` of the statement. */
function columnsOf(chunks: readonly NewLogChunk[]): unknown[] {
  let start = 1;
  const starts = chunks.map(({ content }) => {
    const own = start;
    start += content.length;
    return own;
  });
  return [
    chunks.map(({ stream }) => stream),
    chunks.map(({ offset }) => offset),
    chunks.map(({ time }) => time.toISOString()),
    chunks.map(({ content }) => content.length),
    Buffer.concat(chunks.map(({ content }) => content)),
    starts,
  ];
}
