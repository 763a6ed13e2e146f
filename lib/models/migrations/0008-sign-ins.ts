/** Who is signed in by the panel's own form, and who tries to. */

import type { Migration } from './migration.js';

// Of the token and of the names that are tried only a digest is kept.
const signIns = `
CREATE TABLE drs_sign_ins (digest BYTEA PRIMARY KEY, person JSONB NOT NULL, expires_at TIMESTAMPTZ NOT NULL);
CREATE TABLE drs_sign_in_tries (
  digest BYTEA PRIMARY KEY, count INTEGER NOT NULL, since TIMESTAMPTZ NOT NULL DEFAULT now()
);`;

export const signInTables: Migration = { name: '0008-sign-ins', statements: [signIns] };
