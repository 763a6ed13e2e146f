/** Whether a server may choose algorithms that OpenSSH has given up. */

import type { Migration } from './migration.js';

const column = 'ALTER TABLE drs_servers ADD COLUMN legacy_algorithms BOOLEAN NOT NULL DEFAULT false';

export const legacyAlgorithms: Migration = { name: '0011-legacy-algorithms', statements: [column] };
