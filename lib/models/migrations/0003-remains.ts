/** What is left after the end of an attempt, and what one repeats. */

import type { Migration } from './migration.js';

export const remains: Migration = {
  name: '0003-remains',
  statements: [
    'ALTER TABLE drs_attempts ADD COLUMN retry_of INTEGER, ADD COLUMN has_remains BOOLEAN NOT NULL DEFAULT false',
    // Retention and the panel ask for what ended in a span of time.
    'CREATE INDEX drs_attempts_finished ON drs_attempts (finished_at)',
    // The control directories that nobody has cleaned: few at any time.
    'CREATE INDEX drs_attempts_remains ON drs_attempts (username) WHERE has_remains AND finished_at IS NOT NULL',
  ],
};
