/** A real Redis server that ends with this process. */

import { withFreePort } from './free-port.js';
import { startGuarded, type GuardedProcess } from './guarded-process.js';
import { ensureCommand } from './install.js';

/** A service under way. */
export interface EmbeddedService {
  /** Where it listens, on 127.0.0.1 alone. */
  readonly url: string;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

/** How to start a Redis server. */
export interface EmbeddedRedisOptions {
  /** Its working directory; nothing is stored there. Default `/`. */
  directory?: string;
  /** Default: a free one. */
  port?: number;
  /** Gets a line of progress for each step. */
  report?: (line: string) => void;
}

/**
 * Starts a Redis server that keeps its data in memory: the database is the truth, and lost tickets are added again.
 *
 * @throws DrsError `missing_command`, `service_failed`
 * @example const redis = await startEmbeddedRedis(); // redis.url
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions = {}): Promise<EmbeddedService> {
  const { report } = options;
  const command = await ensureCommand({
    command: 'redis-server',
    debianPackage: 'redis-server',
    brewFormula: 'redis',
    ...(report ? { report } : {}),
  });
  const start = async (port: number): Promise<EmbeddedService> => {
    const server = await startServer(command, port, options.directory ?? '/');
    return { url: `redis://127.0.0.1:${port}`, stop: () => server.stop() };
  };
  return options.port === undefined ? withFreePort(start) : start(options.port);
}

function startServer(command: string, port: number, directory: string): Promise<GuardedProcess> {
  return startGuarded({
    what: 'Redis',
    command,
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory],
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
    ],
    readyWhen: 'Ready to accept connections',
    endSignal: 'TERM',
  });
}
