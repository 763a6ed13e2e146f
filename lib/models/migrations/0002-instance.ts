/** A name for the installation. */

import type { Migration } from './migration.js';

export const instance: Migration = {
  name: '0002-instance',
  statements: [
    'CREATE TABLE drs_instance (id UUID PRIMARY KEY)',
    // gen_random_uuid() came with PostgreSQL 13; this is as random as older versions can.
    'INSERT INTO drs_instance SELECT md5(random()::text || clock_timestamp()::text || pg_backend_pid()::text)::uuid',
  ],
};
