/** Real Redis servers for tests. */

import { Redis } from 'ioredis';
import { startEmbeddedRedis } from '../../lib/embedded/redis.js';
import { atEnd, shared } from './cleanup.js';

/** A server of the test's own. */
export interface TestRedis {
  /** The same after a restart. */
  readonly url: string;
  /** Ends it, and forgets its data. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** By SIGKILL. */
  killAndRestart(): Promise<void>;
  /** Its connections stay, and nothing is answered. Resolves to the function that ends this. */
  freeze(): Promise<() => void>;
}

/** A Redis that the test may stop and start; it ends with the run. */
export async function startRedis(options: { port?: number } = {}): Promise<TestRedis> {
  let server = await startEmbeddedRedis(options);
  const { url } = server;
  atEnd(() => server.stop());
  const restart = async (): Promise<void> => {
    await server.stop();
    server = await startEmbeddedRedis({ port: Number(new URL(url).port) });
  };
  return {
    url,
    stop: () => server.stop(),
    restart,
    async killAndRestart() {
      process.kill(await pidOf(url), 'SIGKILL');
      await restart();
    },
    async freeze() {
      const pid = await pidOf(url);
      const thaw = (): void => void process.kill(pid, 'SIGCONT');
      process.once('exit', thaw);
      process.kill(pid, 'SIGSTOP');
      return () => {
        process.off('exit', thaw);
        thaw();
      };
    },
  };
}

async function pidOf(url: string): Promise<number> {
  const client = new Redis(url);
  const information = await client.info('server');
  client.disconnect();
  return Number(/process_id:(\d+)/.exec(information)?.[1]);
}

const sharedRedis = shared(startRedis);

/** The url of the Redis that the whole run shares: give your keys a prefix of their own. */
export async function testRedis(): Promise<string> {
  return (await sharedRedis()).url;
}
