/** Finds, sorts and filters among a million jobs. */

import type { Migration } from './migration.js';

const indexes = `
CREATE INDEX drs_jobs_title ON drs_jobs (title, id);
CREATE INDEX drs_jobs_owner_username ON drs_jobs (owner_username, id);
CREATE INDEX drs_jobs_created ON drs_jobs (created_at);`;

// What people search for, apart from the jobs: each change of a job's status writes its row and all indexes anew, and
// an index of parts of words is far too dear for that. Small rows also read quickly where there is no such index.
// The statistics tell rare words from usual ones.
const wordsTable = `
CREATE TABLE drs_job_words (
  job_id INTEGER PRIMARY KEY REFERENCES drs_jobs (id) ON DELETE CASCADE ON UPDATE CASCADE,
  title VARCHAR(255) NOT NULL, owner_username VARCHAR(255) NOT NULL
);
ALTER TABLE drs_job_words ALTER title SET STATISTICS 1000, ALTER owner_username SET STATISTICS 1000;
INSERT INTO drs_job_words SELECT id, title, owner_username FROM drs_jobs;
ANALYZE drs_job_words;`;

const keepWords = `
CREATE FUNCTION drs_keep_job_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO drs_job_words VALUES (NEW.id, NEW.title, NEW.owner_username)
  ON CONFLICT (job_id) DO UPDATE SET title = EXCLUDED.title, owner_username = EXCLUDED.owner_username;
  RETURN NULL;
END $$;
CREATE TRIGGER drs_job_words AFTER INSERT OR UPDATE OF title, owner_username ON drs_jobs
FOR EACH ROW EXECUTE PROCEDURE drs_keep_job_words();`;

// The extension comes with PostgreSQL, but a database may lack it, or its user the right to add it: then searching
// reads the small rows.
const partsOfWords = `
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'Without the extension pg_trgm, searching among very many jobs takes longer.';
END $$;
DO $$ DECLARE place TEXT; BEGIN
  SELECT quote_ident(n.nspname) INTO place
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
  IF place IS NULL THEN RETURN; END IF;
  EXECUTE replace('CREATE INDEX drs_job_words_parts ON drs_job_words
    USING gin (title PLACE.gin_trgm_ops, owner_username PLACE.gin_trgm_ops)', 'PLACE', place);
END $$;`;

export const findJobs: Migration = {
  name: '0006-find-jobs',
  statements: [indexes, wordsTable, keepWords, partsOfWords],
};
