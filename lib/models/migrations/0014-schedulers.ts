/** Which of the host's schedulers starts programs on a server. */

import type { Migration } from './migration.js';

const column = `ALTER TABLE drs_servers ADD COLUMN scheduler VARCHAR(64) NOT NULL DEFAULT 'direct'`;

export const schedulers: Migration = { name: '0014-schedulers', statements: [column] };
