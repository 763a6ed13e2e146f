/** Real PostgreSQL servers for tests. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../lib/embedded/postgres.js';
import { atEnd, shared } from './cleanup.js';
import { childrenOf, isAlive } from './processes.js';

/** A server of the test's own. */
export interface TestPostgres {
  /** The same after a restart. */
  readonly url: string;
  /** Ends it; the data stays for `restart`. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** By SIGKILL; only for a server whose commits are safe then. */
  killAndRestart(): Promise<void>;
}

const quick = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
/** Not safe from a power failure, but from SIGKILL. */
const safe = { fsync: 'off' };

/** A PostgreSQL that the test may stop and start; it ends with the run. */
export async function startPostgres({ isSafe = false } = {}): Promise<TestPostgres> {
  const settings = isSafe ? safe : quick;
  const directory = await mkdtemp(join(tmpdir(), 'drs-test-postgres-'));
  let server = await startEmbeddedPostgres({ directory, settings });
  const { url } = server;
  atEnd(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const restart = async (): Promise<void> => {
    await server.stop();
    server = await startEmbeddedPostgres({ directory, settings, port: Number(new URL(url).port) });
  };
  return {
    url,
    stop: () => server.stop(),
    restart,
    async killAndRestart() {
      const [line = ''] = (await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n');
      const all = [Number(line), ...childrenOf(Number(line))];
      process.kill(Number(line), 'SIGKILL');
      // Those that serve connections notice, and must be gone before there are new ones.
      while (all.some(isAlive)) await delay(20);
      await restart();
    },
  };
}

const sharedPostgres = shared(() => startPostgres());
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
