/** Host keys in memory, as the contract says. */

import type { HostKey, HostKeys } from '../../lib/transports/session.js';

export interface MemoryHostKeys extends HostKeys {
  readonly known: Map<string, HostKey>;
}

export function memoryHostKeys(): MemoryHostKeys {
  const known = new Map<string, HostKey>();
  return {
    known,
    find: async (hostname, port) => known.get(`${hostname}:${port}`) ?? null,
    async remember(hostname, port, key) {
      const place = `${hostname}:${port}`;
      const pinned = known.get(place) ?? key;
      known.set(place, pinned);
      return pinned;
    },
  };
}
