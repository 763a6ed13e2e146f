/** A real PostgreSQL server from npm that ends with this process. */

import { join } from 'node:path';
import { withFreePort } from './free-port.js';
import { startGuarded, type GuardedProcess } from './guarded-process.js';
import { postgresFolder } from './postgres-binaries.js';
import { preparePostgresData, type PostgresData } from './postgres-data.js';
import type { EmbeddedService } from './redis.js';
import { serviceUser, type ServiceUser } from './service-user.js';

/** How to start a PostgreSQL server. */
export interface EmbeddedPostgresOptions {
  /** Keeps the data between runs; made when it is not there. */
  directory: string;
  /** Default: a free one. */
  port?: number;
  /** Settings of the server, as in `{ fsync: 'off' }`. */
  settings?: Readonly<Record<string, string>>;
  /** Gets a line of progress for each step. */
  report?: (line: string) => void;
}

/**
 * Starts PostgreSQL on 127.0.0.1, with a random password that is kept with the data. As root it runs as an
 * unprivileged user, and its data moves to the temporary folder when that user cannot enter `directory`.
 *
 * @throws DrsError `missing_command`, `service_failed`
 * @example const postgres = await startEmbeddedPostgres({ directory: '.drs/postgres' }); // postgres.url
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedService> {
  const report = options.report ?? (() => undefined);
  const user = await serviceUser();
  const programs = await postgresFolder(user);
  const data = await preparePostgresData({ directory: options.directory, user, programs, report });
  const start = async (port: number): Promise<EmbeddedService> => {
    const server = await startServer({ programs, data, user, port, settings: options.settings ?? {} });
    const url = `postgres://drs:${data.password}@127.0.0.1:${port}/postgres`;
    return { url, stop: () => server.stop() };
  };
  return options.port === undefined ? withFreePort(start) : start(options.port);
}

function startServer(options: {
  programs: string;
  data: PostgresData;
  user: ServiceUser;
  port: number;
  settings: Readonly<Record<string, string>>;
}): Promise<GuardedProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '',
    max_connections: '200',
    log_min_messages: 'log',
    log_checkpoints: 'off',
    lc_messages: 'C',
    ...options.settings,
  };
  return startGuarded({
    what: 'PostgreSQL',
    command: join(options.programs, 'bin', 'postgres'),
    args: [
      '-D',
      options.data.folder,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    readyWhen: 'database system is ready to accept connections',
    endSignal: 'INT',
    user: options.user,
  });
}
