/** Servers behind other servers. */

import type { Migration } from './migration.js';

// What an attempt keeps is [{ id, hostname, port }], the hop that is reached from here first.
const columns = `
ALTER TABLE drs_servers ADD COLUMN proxy_jump INTEGER REFERENCES drs_servers (id) ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX drs_servers_proxy_jump ON drs_servers (proxy_jump) WHERE proxy_jump IS NOT NULL;
ALTER TABLE drs_attempts ADD COLUMN via JSONB;`;

export const proxyJump: Migration = { name: '0012-proxy-jump', statements: [columns] };
