/** Which of the host's transports reaches a server. */

import type { Migration } from './migration.js';

// An attempt keeps it, as it keeps the address.
const columns = `
ALTER TABLE drs_servers ADD COLUMN transport VARCHAR(64) NOT NULL DEFAULT 'ssh';
ALTER TABLE drs_attempts ADD COLUMN transport VARCHAR(64);`;

export const transports: Migration = { name: '0017-transports', statements: [columns] };
