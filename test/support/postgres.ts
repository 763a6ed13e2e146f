/** Real PostgreSQL servers for tests. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../lib/embedded/postgres.js';
import { atEnd, shared } from './cleanup.js';

/** A server of the test's own. */
export interface TestPostgres {
  /** The same after a restart. */
  readonly url: string;
  /** Ends it; the data stays for `restart`. */
  stop(): Promise<void>;
  restart(): Promise<void>;
}

const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** A PostgreSQL that the test may stop and start; it ends with the run. */
export async function startPostgres(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'drs-test-postgres-'));
  let server = await startEmbeddedPostgres({ directory, settings });
  const { url } = server;
  atEnd(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  return {
    url,
    stop: () => server.stop(),
    async restart() {
      await server.stop();
      server = await startEmbeddedPostgres({ directory, settings, port: Number(new URL(url).port) });
    },
  };
}

const sharedPostgres = shared(startPostgres);
let databases = 0;

/** The url of a new, empty database in the PostgreSQL that the whole run shares. */
export async function testDatabase(): Promise<string> {
  const { url } = await sharedPostgres();
  databases += 1;
  const name = `test_${databases}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
