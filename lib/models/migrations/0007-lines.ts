/** Which lines a chunk of output holds, so that a log can be opened at any line. */

import type { Migration } from './migration.js';

// With line numbers as lib/protocol/line-numbers.ts counts them: `line` is that of the first byte, `lines` have begun by the end.
const columns = `
ALTER TABLE drs_logs ADD COLUMN line INTEGER NOT NULL DEFAULT 0, ADD COLUMN lines INTEGER NOT NULL DEFAULT 0`;

// What was stored before is counted here: `escape` leaves line ends as they are and makes text of any bytes.
const count = `
WITH measured AS (
  SELECT id, job_id, attempt, stream, seq,
    length(encode(content, 'escape')) - length(replace(encode(content, 'escape'), E'\\n', '')) AS ends,
    (right(encode(content, 'escape'), 1) <> E'\\n')::int AS is_open
  FROM drs_logs
), streams AS (
  SELECT *, coalesce(lag(is_open) OVER (PARTITION BY job_id, attempt, stream ORDER BY seq), 0) AS was_open FROM measured
), begun AS (
  SELECT *, ends + is_open - was_open AS begins,
    sum(ends + is_open - was_open) OVER (PARTITION BY job_id, attempt ORDER BY seq) AS lines
  FROM streams
), numbered AS (
  SELECT id, lines, CASE WHEN was_open = 0 THEN lines - begins + 1 ELSE max(CASE WHEN begins > 0 THEN lines END)
    OVER (PARTITION BY job_id, attempt, stream ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
  END AS line
  FROM begun
)
UPDATE drs_logs l SET line = n.line, lines = n.lines FROM numbered n WHERE n.id = l.id`;

export const lines: Migration = { name: '0007-lines', statements: [columns, count] };
