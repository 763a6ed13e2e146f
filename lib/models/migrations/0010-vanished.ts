/** How often in a row the holder of an attempt vanished while nothing new came of it. */

import type { Migration } from './migration.js';

const columns = `
ALTER TABLE drs_attempts
  ADD COLUMN claimed_at TIMESTAMPTZ,
  ADD COLUMN known_progress BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN holders_vanished INTEGER NOT NULL DEFAULT 0;`;

export const vanished: Migration = { name: '0010-vanished', statements: [columns] };
