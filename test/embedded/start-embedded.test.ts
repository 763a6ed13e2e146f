import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import ssh2 from 'ssh2';
import { startEmbedded, startEmbeddedPostgres, type Embedded } from '../../lib/embedded/index.js';
import { atEnd } from '../support/cleanup.js';
import { startPostgres } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';

const script = fileURLToPath(new URL('start-and-wait.ts', import.meta.url));

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drs-test-embedded-'));
  // PostgreSQL's user must pass, or its data would go elsewhere and stay.
  await chmod(folder, 0o711);
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function startInOtherProcess(directory: string): Promise<{ child: ChildProcess; embedded: Embedded }> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, embedded: JSON.parse(line) as Embedded };
}

/** Resolves when nobody listens there any more: the connection that is open ends with its server. */
async function untilGone(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connectSocket(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
}

function signIn(ssh: Embedded['ssh'], how: object): Promise<string> {
  const client = new ssh2.Client();
  return new Promise((resolve) => {
    client.once('ready', () => resolve('signed in'));
    client.on('error', (error) => resolve(error.message));
    client.connect({ host: ssh.hostname, port: ssh.port, username: ssh.users[0]?.username, ...how });
  }).then((result) => {
    client.end();
    return String(result);
  });
}

describe('startEmbedded()', () => {
  it('starts a database, Redis and an SSH server that are the same after a restart', async () => {
    const directory = join(await temporaryFolder(), 'deep', 'below');
    const users = [{ username: 'ann', password: 'secret of ann' }];
    const first = await startEmbedded({ directory, users });
    await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await signIn(first.ssh, { privateKey: first.identity.privateKey })).to.equal('signed in');
    expect(await signIn(first.ssh, { password: 'secret of ann' })).to.equal('signed in');
    expect(await signIn(first.ssh, { password: 'wrong' })).to.match(/authentication/);
    await first.stop();
    const second = await startEmbedded({ directory, users });
    atEnd(() => second.stop());

    expect(await query(second.databaseUrl, 'SELECT answer FROM kept')).to.deep.equal([{ answer: 42 }]);
    expect(second.identity).to.deep.equal(first.identity);
    expect(second.secret).to.equal(first.secret).and.have.length.above(30);
    expect(second.ssh.port).to.equal(first.ssh.port);
    for (const name of ['secret', 'identity', 'ssh-host-key']) {
      expect((await stat(join(directory, name))).mode & 0o777).to.equal(0o600);
    }
  });

  it('leaves nothing behind when its process is killed, and starts again at once', async () => {
    const directory = await temporaryFolder();
    const { child, embedded } = await startInOtherProcess(directory);
    const gone = Promise.all([untilGone(embedded.databaseUrl), untilGone(embedded.redisUrl)]);
    await query(embedded.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    child.kill('SIGKILL');
    await gone;
    const again = await startEmbedded({ directory });
    atEnd(() => again.stop());

    expect(await query(again.databaseUrl, 'SELECT answer FROM kept')).to.deep.equal([{ answer: 42 }]);
  });

  it('starts when the lock file names a process that is somebody else', async () => {
    const directory = await temporaryFolder();
    const first = await startEmbeddedPostgres({ directory });
    const [row] = (await query(first.url, 'SHOW data_directory')) as [{ data_directory: string }];
    await first.stop();
    await writeFile(join(row.data_directory, 'postmaster.pid'), `${process.pid}\n`);
    const second = await startEmbeddedPostgres({ directory });
    await second.stop();

    expect(await readdir(row.data_directory)).not.to.include('postmaster.pid');
  });

  it('takes what the environment names instead', async () => {
    const before = { ...process.env };
    const names = {
      DATABASE_URL: 'postgres://there/db',
      REDIS_URL: 'redis://there',
      DRS_SSH_SERVER: 'there:2222',
    };
    Object.assign(process.env, names, { DRS_SECRET: 'the secret of the environment' });
    try {
      const embedded = await startEmbedded({ directory: await temporaryFolder() });
      await embedded.stop();
      expect(embedded).to.include({ databaseUrl: names.DATABASE_URL, redisUrl: names.REDIS_URL });
      expect(embedded.secret).to.equal('the secret of the environment');
      expect(embedded.ssh).to.include({ hostname: 'there', port: 2222 });
    } finally {
      for (const name of [...Object.keys(names), 'DRS_SECRET']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });

  it('asks for the password of the database', async () => {
    const { url } = await startPostgres();
    const refused = await query(Object.assign(new URL(url), { password: 'wrong' }).href, 'SELECT 1').catch(
      String,
    );

    expect(refused).to.include('password authentication failed');
  });

  it('stops and restarts the servers of tests at the same url', async () => {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    await postgres.stop();
    await redis.stop();
    await Promise.all([postgres.restart(), redis.restart()]);

    expect(await query(postgres.url, 'SELECT 1 AS one')).to.deep.equal([{ one: 1 }]);
  });
});
