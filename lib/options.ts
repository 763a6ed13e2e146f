/** The options of an instance: one documented type, one `resolveOptions`, defaults written once. */

import type { Redis, RedisOptions } from 'ioredis';
import type { Sequelize } from 'sequelize';
import type { IncomingMessage } from 'node:http';
import type { Authorize } from './access.js';
import type { ServerRecord, User } from './core/records.js';
import type { FileStorage } from './storage/file-storage.js';
import type { JobQueue } from './queue/job-queue.js';
import type { EventBus } from './queue/event-bus.js';
import type { Transport } from './transports/session.js';

/** The part of a pino logger that is used. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Upper bounds that one job cannot pass. */
export interface Limits {
  /** Stored bytes of output of one attempt. Default 100 MiB. */
  logBytes: number;
  /** Results of one attempt. Default 10,000. */
  resultCount: number;
  /** Bytes of all results of one attempt. Default 10 GiB. */
  resultBytes: number;
  /** Bytes of a program as UTF-8. Default 16 MiB. */
  programBytes: number;
  /** How long a server that has been reached before may be away before its attempts end as `unreachable`. Default 24 h. */
  unreachableMs: number;
}

/** What an instance is made from. Give `sequelize` or `databaseUrl`, and `redis` or `redisUrl`. */
export interface RemoteSubmissionOptions {
  /** The host's own Sequelize 6 instance on PostgreSQL. It is not closed by `drs.close()`. */
  sequelize?: Sequelize;
  /** `postgres://user:password@host:port/database` */
  databaseUrl?: string;
  /** An ioredis client, whose options are used, or ioredis options. */
  redis?: Redis | RedisOptions;
  /** `redis://…`, `rediss://…` or `unix:/path/of.sock` */
  redisUrl?: string;
  /** Seals passwords and keys at rest: at least 16 characters. Without it, none is stored, and jobs need the app's own key. */
  secret?: string;
  /** Where result files live: a FileStorage. Default `disk({ directory: 'drs-results' })`. */
  storage?: FileStorage;
  /** Who sends this request (for a socket: the handshake request). Default `req.user`. */
  identify?: (request: IncomingMessage) => User | null | undefined | Promise<User | null | undefined>;
  /** Default: owners their own jobs, administrators all. */
  authorize?: Authorize;
  /** The app's own SSH key. */
  identity?: { privateKey: string; passphrase?: string } | { privateKeyPath: string; passphrase?: string };
  /** `pin-first-use` (default) remembers the first key seen; `approved-only` waits for an administrator's approval. */
  hostKeys?: 'pin-first-use' | 'approved-only';
  /** Other ways to reach machines, by name. */
  transports?: { ssh?: Transport; local?: Transport };
  limits?: Partial<Limits>;
  /** Lets administrators run jobs on this machine by REST and panel. Default false. */
  allowLocal?: boolean;
  /** The name that the app's own key signs in with. Default: the owner's `username`. */
  mapUsername?: (user: User, server: ServerRecord) => string;
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
  authorize: Authorize;
  identity: { privateKey: string; passphrase?: string } | null;
  hostKeys: 'pin-first-use' | 'approved-only';
  transports: { ssh?: Transport; local?: Transport };
  limits: Limits;
  allowLocal: boolean;
  mapUsername: (user: User, server: ServerRecord) => string;
  logger: Logger;
  queue: { jobs: JobQueue; bus: EventBus } | null;
}
