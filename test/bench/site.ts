/** What the rows are measured on: a real sshd, PostgreSQL and Redis, and web, worker and viewers as processes of their own. */

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../lib/embedded/postgres.js';
import { runCommand } from '../../lib/embedded/run-command.js';
import { atEnd } from '../support/cleanup.js';
import { startRedis } from '../support/redis.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { startProcess, type BenchProcess, type BenchProcessOptions } from './child.js';
import { createSshClient, type SshClient } from './ssh-client.js';

/** Attempts that the worker carries out at the same time. */
export const concurrency = 8;

export interface Site {
  /** For files at this end. */
  readonly folder: string;
  /** The home of the remote user, which both ends see. */
  readonly home: string;
  readonly databaseUrl: string;
  readonly ssh: SshClient;
  /** The processes of the SSH server at this moment. */
  sshdPids(): number[];
  readonly web: BenchProcess;
  readonly worker: BenchProcess;
  /** Where sockets are served. */
  readonly url: string;
  /** Private keys, as text, that the server accepts; the first is the application's own. */
  readonly privateKeys: string[];
  startViewers(): Promise<BenchProcess>;
  /** What web and worker have in their environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** One more process of ours, which ends with the site. */
  startOne(options: Pick<BenchProcessOptions, 'script' | 'env'>): Promise<BenchProcess>;
  /** Runs a command as the remote user, outside of what is measured. */
  prepare(script: string): Promise<void>;
}

export interface SiteOptions {
  /** How many keys to make besides the application's own. */
  extraKeys: number;
  /** Where to write a CPU profile of web and worker. */
  profileFolder?: string;
}

/** Starts everything. `stopAll` of test/support/cleanup.ts ends it. */
export async function startSite({ extraKeys, profileFolder }: SiteOptions): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'drs-bench-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const keys = await Promise.all(Array.from({ length: 1 + extraKeys }, (_, n) => makeKey(folder, `key${n}`)));
  const publicKeys = keys.map(({ publicKey }) => publicKey);
  const [sshd, postgres, redis] = await Promise.all([
    startSshd({ users: [{ publicKeys }], config: ['Subsystem sftp internal-sftp'] }),
    // With the settings that it comes with: what is stored is on the disk, as a user would have it.
    startEmbeddedPostgres({ directory: join(folder, 'postgres') }),
    startRedis(),
  ]);
  atEnd(() => postgres.stop());
  const ssh = await createSshClient({ folder, sshd, keyPath: keys[0]?.path ?? '' });
  const nodeOptions = profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
  const keyPath = keys[0]?.path;
  const environment = environmentOf({ folder, sshd, keyPath, database: postgres.url, redis: redis.url });
  const { web, worker } = await startOurs({ folder, nodeOptions, env: environment });
  const startOne: Site['startOne'] = async (options) => {
    const child = await startProcess({ ...options, cwd: folder });
    atEnd(() => child.stop());
    return child;
  };
  return {
    folder,
    home: sshd.user.home,
    databaseUrl: postgres.url,
    ssh,
    sshdPids: () => sshd.pids,
    web,
    worker,
    url: `http://127.0.0.1:${await web.call<number>('port')}/drs`,
    privateKeys: keys.map(({ privateKey }) => privateKey),
    environment,
    startOne,
    startViewers: () => startOne({ script: 'processes/viewers.mjs', env: {} }),
    prepare: (script) => ssh.run(script),
  };
}

interface Places {
  folder: string;
  sshd: Sshd;
  keyPath: string | undefined;
  database: string;
  redis: string;
}

function environmentOf({ folder, sshd, keyPath, database, redis }: Places): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: database,
    REDIS_URL: redis,
    DRS_SECRET: 'a secret of the benchmark',
    DRS_IDENTITY: keyPath,
    DRS_STORAGE: join(folder, 'results'),
    BENCH_OWNER: sshd.user.username,
    BENCH_SSH_PORT: String(sshd.port),
  };
}

interface Ours {
  folder: string;
  nodeOptions: string[];
  env: NodeJS.ProcessEnv;
}

async function startOurs({
  folder,
  nodeOptions,
  env,
}: Ours): Promise<{ web: BenchProcess; worker: BenchProcess }> {
  const cwd = join(folder, 'ours');
  await mkdir(cwd);
  const web = await startProcess({ script: 'processes/web.mjs', nodeOptions, env, cwd });
  atEnd(() => web.stop());
  const worker = await startProcess({
    script: '../../dist/lib/cli/drs.js',
    args: ['worker', '--concurrency', String(concurrency)],
    readyWhen: 'output',
    nodeOptions,
    env,
    cwd,
  });
  atEnd(() => worker.stop());
  return { web, worker };
}

async function makeKey(folder: string, name: string) {
  const path = join(folder, name);
  const { code, output } = await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  if (code !== 0) throw new Error(`ssh-keygen ended with ${code}: ${output}`);
  const [privateKey, publicKey] = await Promise.all([
    readFile(path, 'utf8'),
    readFile(`${path}.pub`, 'utf8'),
  ]);
  return { path, privateKey, publicKey: publicKey.trim() };
}
