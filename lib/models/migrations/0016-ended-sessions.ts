/** Sessions that were ended from outside; and panel sign-ins that ask again who somebody is, and idle out. */

import type { Migration } from './migration.js';

// Numbers rise with each ending, in the order of their commits: whatever began when `since` was the highest is over by a
// higher one of its user. Sign-ins of before say too little to go on.
const tables = `
CREATE TABLE drs_ended_sessions (
  user_id TEXT PRIMARY KEY, number BIGINT NOT NULL UNIQUE, ended_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
DELETE FROM drs_sign_ins;
ALTER TABLE drs_sign_ins DROP COLUMN person, ADD COLUMN user_id TEXT NOT NULL, ADD COLUMN since BIGINT NOT NULL,
  ADD COLUMN seen_at TIMESTAMPTZ NOT NULL DEFAULT now();`;

export const endedSessions: Migration = { name: '0016-ended-sessions', statements: [tables] };
