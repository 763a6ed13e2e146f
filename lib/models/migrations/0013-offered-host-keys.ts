/** Keys that machines showed in the place of the known one: an administrator may pin them. */

import type { Migration } from './migration.js';

const table = `
CREATE TABLE drs_offered_host_keys (
  hostname VARCHAR(255) NOT NULL, port INTEGER NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL,
  fingerprint TEXT NOT NULL, seen_at TIMESTAMPTZ NOT NULL DEFAULT now(), PRIMARY KEY (hostname, port)
);`;

export const offeredHostKeys: Migration = { name: '0013-offered-host-keys', statements: [table] };
