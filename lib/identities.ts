/** Who sends a request: asked of the host application, then of what this package knows by itself. */

import type { IncomingMessage } from 'node:http';
import type { User } from './core/records.js';

type Identify = (request: IncomingMessage) => User | null | undefined | Promise<User | null | undefined>;

export interface Identities {
  /** The person at every door: REST, sockets, panel. */
  identify(request: IncomingMessage): Promise<User | null>;
  /** Another way to know people, asked where the host knows nobody. */
  add(identify: Identify): void;
}

export function createIdentities(host: Identify): Identities {
  const ways: Identify[] = [host];
  return {
    add: (identify) => void ways.push(identify),
    async identify(request) {
      for (const identify of ways) {
        const user = await identify(request);
        if (user) return user;
      }
      return null;
    },
  };
}
