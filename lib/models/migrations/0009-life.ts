/** The life of an attempt: its address, the permit to start, what began and what ended. */

import type { Migration } from './migration.js';

const columns = `
ALTER TABLE drs_servers ADD COLUMN control_directory TEXT;
ALTER TABLE drs_attempts
  ADD COLUMN hostname VARCHAR(255), ADD COLUMN port INTEGER,
  ADD COLUMN control_directory TEXT, ADD COLUMN control_root TEXT, ADD COLUMN directory TEXT,
  ADD COLUMN permitted_at TIMESTAMPTZ, ADD COLUMN began JSONB, ADD COLUMN ended JSONB, ADD COLUMN ended_at TIMESTAMPTZ,
  ADD COLUMN has_directory BOOLEAN NOT NULL DEFAULT false;`;

// Control directories of earlier versions lie below the remote directories: nobody looks there any more.
const olderRows = `
UPDATE drs_attempts SET has_remains = false WHERE has_remains;
UPDATE drs_attempts a SET hostname = s.hostname, port = s.port
FROM drs_jobs j JOIN drs_servers s ON s.id = j.server_id
WHERE j.id = a.job_id AND a.is_remote AND a.status IN ('submitted', 'running');`;

// The database itself refuses a second attempt in a directory. What runs on the worker's own machine has no address,
// and one account whatever its name. A digest, because an index holds no long text.
const indexes = `
CREATE UNIQUE INDEX drs_attempts_directory ON drs_attempts (
  md5(directory), lower(coalesce(hostname, '')), coalesce(port, 0), (CASE WHEN is_remote THEN username ELSE '' END)
) WHERE directory IS NOT NULL AND status IN ('submitted', 'running');
CREATE INDEX drs_attempts_whole ON drs_attempts (username, finished_at) WHERE has_directory AND finished_at IS NOT NULL;`;

export const life: Migration = { name: '0009-life', statements: [columns, olderRows, indexes] };
