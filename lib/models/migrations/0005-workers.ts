/** Which workers are alive. */

import type { Migration } from './migration.js';

// Only the time changes, and no index knows it: PostgreSQL then rewrites the row in its page, and nothing else.
const workers = `
CREATE TABLE drs_workers (
  id TEXT PRIMARY KEY, hostname TEXT NOT NULL, pid INTEGER NOT NULL, slots INTEGER NOT NULL,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), seen_at TIMESTAMPTZ NOT NULL DEFAULT now()
) WITH (fillfactor = 50);`;

export const workersTable: Migration = { name: '0005-workers', statements: [workers] };
