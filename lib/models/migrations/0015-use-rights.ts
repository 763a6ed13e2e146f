/** Who may run jobs on a server and by which names; and who submitted an attempt, for a worker that asks again. */

import type { Migration } from './migration.js';

// `submitted_by` is { id, username, isAdmin }; NULL: the host's own code, whose rights are not asked.
const columns = `
ALTER TABLE drs_servers ADD COLUMN allowed_users JSONB, ADD COLUMN usernames VARCHAR(8) NOT NULL DEFAULT 'any';
ALTER TABLE drs_attempts ADD COLUMN submitted_by JSONB;`;

export const useRights: Migration = { name: '0015-use-rights', statements: [columns] };
