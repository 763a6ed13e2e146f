/** The options of an instance: one documented type, one `resolveOptions`, defaults written once. */

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Redis, RedisOptions } from 'ioredis';
import { pino } from 'pino';
import { Sequelize } from 'sequelize';
import { defaultAuthorize, type Authorize } from './access.js';
import type { ServerRecord, User } from './protocol/records.js';
import { OptionsError, type Problem } from './errors.js';
import { defaultLimits, type Limits } from './limits.js';
import { plainLogger, type Logger } from './logger.js';
import { resilientPg } from './models/resilient-pg.js';
import { identitySchema, optionsSchema } from './options-schema.js';
import { oneOf, redisOptions, redisProblems } from './redis-options.js';
import { disk } from './storage/disk.js';
import type { FileStorage } from './storage/file-storage.js';
import type { JobQueue } from './queue/job-queue.js';
import type { EventBus } from './queue/event-bus.js';
import { direct } from './schedulers/direct.js';
import type { Scheduler } from './schedulers/scheduler.js';
import type { Transport } from './transports/session.js';

/** What an instance is made from. Give `sequelize` or `databaseUrl`, and `redis` or `redisUrl`. */
export interface RemoteSubmissionOptions {
  /** The host's own Sequelize 6 instance on PostgreSQL. It is not closed by `drs.close()`. */
  sequelize?: Sequelize;
  /** `postgres://user:password@host:port/database` */
  databaseUrl?: string;
  /**
   * ioredis options, of which `host`, `port`, `path`, `family`, `username`, `password`, `db` and `tls` are used and no
   * others may be given; or an ioredis client, of which the same are used. No Sentinel, no Cluster, no `keyPrefix`.
   */
  redis?: Redis | RedisOptions;
  /** `redis://…`, `rediss://…` or `unix:/path/of.sock` */
  redisUrl?: string;
  /** Seals passwords and keys at rest: at least 16 characters. Without it, none is stored, and jobs need the app's own key. */
  secret?: string;
  /** Where result files live: a FileStorage. Default `disk({ directory: 'drs-results' })`. */
  storage?: FileStorage;
  /**
   * Finds the person who sends a request (for a socket: its handshake request). An answer without `id` or `username`
   * counts as nobody. Default: `request.user`.
   */
  identify?: (request: IncomingMessage) => User | null | undefined | Promise<User | null | undefined>;
  /** Other origins whose pages may send requests and open sockets, as in `https://spa.example`. Default: none. */
  origins?: string[];
  /** Default: owners their own jobs, administrators all. */
  authorize?: Authorize;
  /** The app's own SSH key. */
  identity?: { privateKey: string; passphrase?: string } | { privateKeyPath: string; passphrase?: string };
  /** `pin-first-use` (default) remembers the first key seen; `approved-only` waits for an administrator's approval. */
  hostKeys?: 'pin-first-use' | 'approved-only';
  /**
   * Ways to reach machines, by name: a server says which one it uses. Default, and always there: `ssh`, and `local`, which
   * no server can use: it is for what runs on this machine. All of them are closed by `drs.close()`.
   */
  transports?: Record<string, Transport>;
  /** Ways to start programs, by name: a server says which one it uses. Default, and always there: `direct`. */
  schedulers?: Record<string, Scheduler>;
  limits?: Partial<Limits>;
  /** Workers delete logs and results of attempts that ended more than `afterMs` milliseconds ago. Default: all are kept. */
  retention?: { afterMs: number };
  /** Lets administrators run jobs on this machine by REST and panel. Default false. */
  allowLocal?: boolean;
  /**
   * The name that the app's own key signs in with. Default: the owner's `username`, unless that is an account of the
   * system, such as `root`: with a function of your own, every name that it gives is allowed.
   */
  mapUsername?: (user: User, server: ServerRecord) => string;
  /**
   * Who has this id now, or null: asked for the owner of a job at each submit, so that the app's own key signs in by the
   * name that this person has today. Without it, it signs in only where the owner submits, or host code without `as`.
   */
  resolveUser?: (id: string) => User | null | undefined | Promise<User | null | undefined>;
  /** pino-compatible. Default: pino at level `warn`. */
  logger?: Logger;
  /** Another queue than Bee-Queue, and another bus than Redis: for tests and single-process use. */
  queue?: { jobs: JobQueue; bus: EventBus };
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  sequelize: Sequelize;
  /** True when the instance made it, and closes it. */
  ownsSequelize: boolean;
  redis: RedisOptions | null;
  secret: string | null;
  storage: FileStorage;
  identify: NonNullable<RemoteSubmissionOptions['identify']>;
  origins: string[];
  authorize: Authorize;
  /** False: the default rules are in force because nobody said anything. */
  isAuthorizeGiven: boolean;
  identity: { privateKey: string; passphrase?: string } | null;
  hostKeys: 'pin-first-use' | 'approved-only';
  /** Those of the host alone. */
  transports: Record<string, Transport>;
  schedulers: Record<string, Scheduler>;
  limits: Limits;
  retention: { afterMs: number } | null;
  allowLocal: boolean;
  /** null: the owner's own. */
  mapUsername: ((user: User, server: ServerRecord) => string) | null;
  resolveUser: RemoteSubmissionOptions['resolveUser'] | null;
  logger: Logger;
  queue: { jobs: JobQueue; bus: EventBus } | null;
}

/** Checks the options and fills in the defaults. @throws OptionsError that lists every problem */
export function resolveOptions(options: RemoteSubmissionOptions): ResolvedOptions {
  const problems = findProblems(options);
  if (typeof options !== 'object' || options === null) throw new OptionsError(problems);
  const key = readIdentity(options.identity, problems);
  const redis = fromAddress('redisUrl', () => redisOptions(options), problems);
  const sequelize = fromAddress('databaseUrl', () => options.sequelize ?? connectTo(options), problems);
  if (problems.length > 0 || !sequelize) throw new OptionsError(problems);
  return {
    sequelize,
    ownsSequelize: options.sequelize === undefined,
    redis,
    secret: options.secret ?? null,
    storage: options.storage ?? disk({ directory: 'drs-results' }),
    identify: options.identify ?? ((request) => (request as { user?: User | null }).user),
    origins: options.origins ?? [],
    authorize: options.authorize ?? defaultAuthorize,
    isAuthorizeGiven: options.authorize !== undefined,
    identity: key,
    hostKeys: options.hostKeys ?? 'pin-first-use',
    transports: options.transports ?? {},
    schedulers: { direct: direct(), ...options.schedulers },
    limits: { ...defaultLimits, ...options.limits },
    retention: options.retention ?? null,
    allowLocal: options.allowLocal ?? false,
    mapUsername: options.mapUsername ?? null,
    resolveUser: options.resolveUser ?? null,
    logger: plainLogger(options.logger ?? pino({ name: 'express-remote-submission', level: 'warn' })),
    queue: options.queue ?? null,
  };
}

function findProblems(options: RemoteSubmissionOptions | null): Problem[] {
  const parsed = optionsSchema.safeParse(options);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'options', message }));
  const { sequelize, databaseUrl, redis, redisUrl, queue } = options ?? {};
  if (sequelize === undefined && databaseUrl === undefined) {
    problems.push({ path: 'databaseUrl', message: 'is missing: give it, or `sequelize`' });
  } else if (isGiven(sequelize) && isGiven(databaseUrl)) {
    problems.push({ path: 'databaseUrl', message: oneOf('sequelize') });
  }
  if (redis === undefined && redisUrl === undefined && queue === undefined) {
    problems.push({ path: 'redisUrl', message: 'is missing: give it, or `redis`' });
  }
  problems.push(...redisProblems(options ?? {}));
  return problems;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function readIdentity(
  given: RemoteSubmissionOptions['identity'],
  problems: Problem[],
): ResolvedOptions['identity'] {
  if (given === undefined || !identitySchema.safeParse(given).success) return null;
  if ('privateKey' in given) return given;
  try {
    return { privateKey: readFileSync(given.privateKeyPath, 'utf8'), passphrase: given.passphrase };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({ path: 'identity.privateKeyPath', message: `cannot be read: ${reason}` });
    return null;
  }
}

/** What the parser says of an address that it cannot read may hold the password. */
function fromAddress<Value>(path: string, make: () => Value | null, problems: Problem[]): Value | null {
  if (problems.length > 0) return null;
  try {
    return make();
  } catch {
    problems.push({ path, message: 'is not an address: check its host, its port and its percent signs' });
    return null;
  }
}

/** How long a connection to the database may take. */
const mostConnectMs = 10_000;

function connectTo({ databaseUrl = '' }: RemoteSubmissionOptions): Sequelize {
  // A server that takes a connection and says nothing would be waited for without end.
  const dialectOptions = { connectionTimeoutMillis: mostConnectMs };
  return new Sequelize(databaseUrl, {
    dialectModule: resilientPg,
    dialectOptions,
    logging: false,
    pool: { max: 20 },
  });
}

const variables = {
  DATABASE_URL: 'the address of a PostgreSQL database, as in postgres://user:password@localhost:5432/portal',
  REDIS_URL: 'the address of a Redis server, as in redis://localhost:6379',
  DRS_SECRET:
    'a random text of at least 16 characters that seals passwords at rest, as `openssl rand -base64 32` makes it',
} as const;

/**
 * Options from `DATABASE_URL`, `REDIS_URL` and `DRS_SECRET`; besides, from `DRS_IDENTITY` (path of the app's private
 * key) and `DRS_STORAGE` (folder of the result files), which may be missing.
 *
 * @param environment the variables. Default: those of this process
 * @returns options for `createRemoteSubmission` and `drsRouter`
 * @throws OptionsError that names each missing variable and what to set
 * @example
 * const drs = createRemoteSubmission({ ...optionsFromEnvironment(), retention: { afterMs: 90 * 24 * 3_600_000 } });
 */
export function optionsFromEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): RemoteSubmissionOptions {
  const problems = Object.entries(variables)
    .filter(([name]) => !environment[name])
    .map(([name, meaning]) => ({
      path: name,
      message: `is not set in the environment: set it to ${meaning}`,
    }));
  if (problems.length > 0) throw new OptionsError(problems);
  const { DATABASE_URL, REDIS_URL, DRS_SECRET, DRS_IDENTITY, DRS_STORAGE } = environment;
  return {
    databaseUrl: DATABASE_URL,
    redisUrl: REDIS_URL,
    secret: DRS_SECRET,
    ...(DRS_IDENTITY ? { identity: { privateKeyPath: DRS_IDENTITY } } : {}),
    ...(DRS_STORAGE ? { storage: disk({ directory: DRS_STORAGE }) } : {}),
  };
}
