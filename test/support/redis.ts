/** Real Redis servers for tests. */

import { startEmbeddedRedis } from '../../lib/embedded/redis.js';
import { atEnd, shared } from './cleanup.js';

/** A server of the test's own. */
export interface TestRedis {
  /** The same after a restart. */
  readonly url: string;
  /** Ends it, and forgets its data. */
  stop(): Promise<void>;
  restart(): Promise<void>;
}

/** A Redis that the test may stop and start; it ends with the run. */
export async function startRedis(options: { port?: number } = {}): Promise<TestRedis> {
  let server = await startEmbeddedRedis(options);
  const { url } = server;
  atEnd(() => server.stop());
  return {
    url,
    stop: () => server.stop(),
    async restart() {
      await server.stop();
      server = await startEmbeddedRedis({ port: Number(new URL(url).port) });
    },
  };
}

const sharedRedis = shared(startRedis);

/** The url of the Redis that the whole run shares: give your keys a prefix of their own. */
export async function testRedis(): Promise<string> {
  return (await sharedRedis()).url;
}
