/** `startEmbedded()`: the services that a newcomer lacks. */

import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { kept, keptKeyPair, type SshKeyPair } from './kept-files.js';
import { startEmbeddedPostgres } from './postgres.js';
import { startEmbeddedRedis, type EmbeddedService } from './redis.js';
import { startEmbeddedSsh, type EmbeddedUser } from './ssh.js';

/** What to start. */
export interface EmbeddedOptions {
  /** Keeps data, keys and the secret between runs. Default: `.drs` in the working directory. */
  directory?: string;
  /** Who may sign in to the SSH server. Default: the user of this process, with the app's own key. */
  users?: readonly EmbeddedUser[];
  /** Gets a line of progress for each step. */
  report?: (line: string) => void;
}

/** The options of an instance that uses what was started. */
export interface EmbeddedInstanceOptions {
  databaseUrl: string;
  redisUrl: string;
  secret: string;
  identity: { privateKey: string };
  /** Everybody's own name, also where this process runs as root: the server is for trying out. */
  mapUsername: (user: { username: string }) => string;
}

/** Services under way, on 127.0.0.1 alone. */
export interface Embedded {
  /** For the option of that name: `DATABASE_URL`, or an embedded PostgreSQL. */
  readonly databaseUrl: string;
  /** For the option of that name: `REDIS_URL`, or an embedded Redis. */
  readonly redisUrl: string;
  /** For the option of that name: `DRS_SECRET`, or a random one that is kept. */
  readonly secret: string;
  /** The app's own SSH key; the embedded SSH server accepts it for every user. */
  readonly identity: SshKeyPair;
  /** All of these as `createRemoteSubmission` takes them. */
  readonly options: EmbeddedInstanceOptions;
  /** A machine to submit to: `DRS_SSH_SERVER` (`host` or `host:port`), or an embedded SSH server. */
  readonly ssh: { readonly hostname: string; readonly port: number; readonly users: readonly EmbeddedUser[] };
  /** Ends what was started, last first. */
  stop(): Promise<void>;
}

/**
 * Starts a database, Redis and an SSH server for demos and tests; each only when the environment names no other.
 * They end with this process, however it ends. The SSH server runs commands as the user of this process.
 *
 * @param options see `EmbeddedOptions`; without any, all three are started
 * @returns `options` for `createRemoteSubmission`, where the SSH server listens, and `stop()`
 * @throws DrsError `missing_command`, `service_failed`
 * @example
 * const { options, ssh } = await startEmbedded({ users: [{ username: 'ann', password: 'secret' }] });
 * const drs = createRemoteSubmission(options);
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<Embedded> {
  const directory = resolve(options.directory ?? '.drs');
  const report = options.report ?? (() => undefined);
  const users = options.users ?? [{ username: userInfo().username }];
  // Others may pass, as the user of PostgreSQL must when this is root; every file in it is private itself.
  await mkdir(directory, { recursive: true, mode: 0o711 });
  const { DRS_SECRET, DATABASE_URL, REDIS_URL } = process.env;
  const secret = DRS_SECRET || (await kept(directory, 'secret', () => randomBytes(32).toString('base64url')));
  const identity = await keptKeyPair(directory, 'identity');
  const [database, redis, ssh] = await startAll([
    () =>
      elsewhere(DATABASE_URL) ?? startEmbeddedPostgres({ directory: join(directory, 'postgres'), report }),
    () => elsewhere(REDIS_URL) ?? startEmbeddedRedis({ report }),
    () => startEmbeddedSsh({ directory, users, publicKey: identity.publicKey }),
  ]);
  const [databaseUrl, redisUrl] = [database.url, redis.url];
  return {
    databaseUrl,
    redisUrl,
    secret,
    identity,
    options: {
      databaseUrl,
      redisUrl,
      secret,
      identity: { privateKey: identity.privateKey },
      mapUsername: ({ username }) => username,
    },
    ssh: { hostname: ssh.hostname, port: ssh.port, users },
    async stop() {
      for (const service of [ssh, redis, database]) await service.stop();
    },
  };
}

/** A service that somebody else runs, or null. */
function elsewhere(url: string | undefined): Promise<EmbeddedService> | null {
  return url ? Promise.resolve({ url, stop: () => Promise.resolve() }) : null;
}

type Stoppable = { stop(): Promise<void> };
type Starts<T extends readonly Stoppable[]> = readonly [...{ [K in keyof T]: () => Promise<T[K]> }];

/** Starts all at once; when one fails, stops those that came up. */
async function startAll<T extends readonly Stoppable[]>(starts: Starts<T>): Promise<T> {
  const settled = await Promise.allSettled(starts.map((start) => start()));
  const failed = settled.find((result) => result.status === 'rejected');
  if (!failed)
    return settled.map((result) => (result as PromiseFulfilledResult<Stoppable>).value) as unknown as T;
  for (const result of settled) if (result.status === 'fulfilled') await result.value.stop();
  throw failed.reason;
}
