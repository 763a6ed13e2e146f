/** The stored output of attempts. */

import { countLines } from '../protocol/line-numbers.js';
import type { Stream } from '../protocol/log-policy.js';
import { ClaimLostError } from '../errors.js';
import { emptyLog, type AttemptStore, type Claim, type LogHead, type NewLogChunk } from './attempt-store.js';
import { isUniqueViolation, rowsOf } from '../models/run-query.js';
import type { StoreDependencies } from './store-dependencies.js';

type LogMethods = Pick<AttemptStore, 'logHead' | 'appendLog'>;

// All bytes travel as one binary value, cut up over there: an array of byte strings would travel as hex text.
// FOR SHARE makes a new claim wait until these chunks are in, so that it continues behind them.
const appendSql = `
WITH held AS (SELECT 1 FROM drs_attempts WHERE id = $1 AND fence = $2 AND status = 'running' FOR SHARE),
added AS (
  INSERT INTO drs_logs (job_id, attempt, seq, stream, byte_offset, time, content, line, lines)
  SELECT $3, $4, $5::int + c.number, c.stream, c.byte_offset, c.time, substring($10::bytea FROM c.start FOR c.length),
    c.line, c.lines
  FROM unnest($6::text[], $7::bigint[], $8::timestamptz[], $9::int[], $11::int[], $12::int[], $13::int[])
    WITH ORDINALITY AS c (stream, byte_offset, time, length, start, line, lines, number)
  WHERE EXISTS (SELECT 1 FROM held)
  ORDER BY c.number
  RETURNING 1
)
SELECT count(*)::int AS count FROM added`;

// Where a stream ends, and the line that it is in the middle of.
const lastOf = (stream: Stream): string => `LEFT JOIN LATERAL (
  SELECT byte_offset + octet_length(content) AS size, CASE
    WHEN get_byte(content, octet_length(content) - 1) = 10 THEN 0
    WHEN position('\\x0a'::bytea IN content) > 0 THEN lines
    ELSE line END AS line
  FROM drs_logs WHERE job_id = $1 AND attempt = $2 AND stream = '${stream}' AND octet_length(content) > 0
  ORDER BY byte_offset DESC LIMIT 1
) AS ${stream} ON true`;

const headSql = `
SELECT coalesce(last.seq, 0) AS seq, coalesce(stdout.size, 0)::float8 AS stdout, coalesce(stderr.size, 0)::float8 AS stderr,
  json_build_object('begun', coalesce(last.lines, 0), 'stdout', coalesce(stdout.line, 0), 'stderr', coalesce(stderr.line, 0))
    AS lines
FROM (VALUES (1)) AS one (row)
LEFT JOIN LATERAL (
  SELECT seq, lines FROM drs_logs WHERE job_id = $1 AND attempt = $2 ORDER BY seq DESC LIMIT 1
) AS last ON true
${lastOf('stdout')}
${lastOf('stderr')}`;

export function logMethods(deps: StoreDependencies): LogMethods {
  return {
    async logHead({ jobId, attempt }) {
      const [row] = await rowsOf<LogHead>(deps.sequelize, { sql: headSql, bind: [jobId, attempt] });
      return row ?? emptyLog;
    },
    appendLog: (claim, head, chunks) => append(deps, claim, { head, chunks }),
  };
}

async function append(
  { sequelize, bus }: StoreDependencies,
  claim: Claim,
  { head, chunks }: { head: LogHead; chunks: readonly NewLogChunk[] },
): Promise<LogHead> {
  if (chunks.length === 0) return head;
  const { attemptId, fence, jobId, attempt } = claim;
  const { counted, after: lines } = countLines(head.lines, chunks);
  const numbers = [counted.map(({ line }) => line), counted.map((chunk) => chunk.lines)];
  const bind = [attemptId, fence, jobId, attempt, head.seq, ...columnsOf(chunks), ...numbers];
  const [row] = await rowsOf<{ count: number }>(sequelize, { sql: appendSql, bind }).catch(
    (error: unknown) => {
      // Somebody else has stored chunks with these numbers.
      throw isUniqueViolation(error) ? new ClaimLostError(attemptId) : error;
    },
  );
  if (row?.count !== chunks.length) throw new ClaimLostError(attemptId);
  const next = { ...head, seq: head.seq + chunks.length, lines };
  for (const { stream, content } of chunks) next[stream] += content.length;
  bus.publish({ type: 'log', jobId, attempt, seq: next.seq });
  return next;
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
