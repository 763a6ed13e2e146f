/** Reads the stored output of attempts: from either end, after a number, or at a line. */

import type { Stream } from '../protocol/log-policy.js';
import { maxInteger } from '../protocol/max-integer.js';
import { rowsOf } from '../models/run-query.js';
import type { StoreDependencies } from './store-dependencies.js';

/** A chunk of output as it is stored. */
export interface StoredChunk {
  seq: number;
  stream: Stream;
  /** Bytes of this stream before this chunk. */
  offset: number;
  time: Date;
  /** The number of the line that its first byte belongs to. */
  line: number;
  /** Lines of both streams that have begun before it. */
  linesBefore: number;
  content: Buffer;
}

/** Which chunks to read. */
export interface LogRange {
  jobId: number;
  attempt: number;
  /** Chunks with a greater `seq`. */
  after: number;
  /** Chunks with a smaller `seq`: those nearest to it. */
  before?: number;
  /** At most so many chunks. */
  limit: number;
  /** At most so many bytes; the first chunk comes whatever its size. */
  maxBytes?: number;
}

/** The stored output of attempts, to be read. */
export interface StoredLogs {
  /** The last number; 0 when nothing is stored. */
  lastSeqOf(jobId: number, attempt: number): Promise<number>;
  /** In order of `seq`. */
  read(range: LogRange): Promise<StoredChunk[]>;
  /** The chunk in which a line begins; the last one when there are not so many lines. */
  seqOfLine(position: { jobId: number; attempt: number; line: number }): Promise<number>;
}

const ofAttempt = 'job_id = $1 AND attempt = $2';

// The order says which end of the range the page is at.
const readSql = (order: 'ASC' | 'DESC'): string => `
SELECT seq, stream, byte_offset::float8 AS "offset", time, content, line,
  coalesce(before_lines, (SELECT lines FROM drs_logs p WHERE ${ofAttempt} AND p.seq = measured.seq - 1), 0) AS "linesBefore"
FROM (
  SELECT *, lag(lines) OVER (ORDER BY seq) AS before_lines,
    sum(octet_length(content)) OVER (ORDER BY seq ${order} ROWS UNBOUNDED PRECEDING) AS bytes,
    row_number() OVER (ORDER BY seq ${order}) AS number
  FROM (SELECT * FROM drs_logs WHERE ${ofAttempt} AND seq > $3 AND seq < $6 ORDER BY seq ${order} LIMIT $4) AS page
) AS measured
WHERE bytes <= $5::bigint OR number = 1 ORDER BY seq`;

// Numbers have no gaps, and `lines` never falls: each step halves the range by one look into the index.
const seqOfLineSql = `
WITH RECURSIVE search (low, high) AS (
  SELECT 1, coalesce(max(seq), 1) FROM drs_logs WHERE ${ofAttempt}
  UNION ALL
  SELECT CASE WHEN lines < $3 THEN middle + 1 ELSE low END, CASE WHEN lines < $3 THEN high ELSE middle END
  FROM (
    SELECT low, high, (low + high) / 2 AS middle,
      (SELECT lines FROM drs_logs WHERE ${ofAttempt} AND seq = (low + high) / 2) AS lines
    FROM search WHERE low < high
  ) AS step
)
SELECT low AS seq FROM search WHERE low >= high`;

const lastSql = `SELECT coalesce(max(seq), 0) AS seq FROM drs_logs WHERE ${ofAttempt}`;

export function createLogs({ sequelize }: StoreDependencies): StoredLogs {
  const seqBy = async (sql: string, bind: readonly unknown[]): Promise<number> => {
    const [row] = await rowsOf<{ seq: number }>(sequelize, { sql, bind });
    return row?.seq ?? 0;
  };
  return {
    lastSeqOf: (jobId, attempt) => seqBy(lastSql, [jobId, attempt]),
    seqOfLine: ({ jobId, attempt, line }) => seqBy(seqOfLineSql, [jobId, attempt, line]),
    read({ jobId, attempt, after, before, limit, maxBytes = Number.MAX_SAFE_INTEGER }) {
      const bind = [jobId, attempt, after, limit, maxBytes, before ?? maxInteger];
      return rowsOf<StoredChunk>(sequelize, { sql: readSql(before === undefined ? 'ASC' : 'DESC'), bind });
    },
  };
}
