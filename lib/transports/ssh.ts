/** The transport over SSH: connections that stay warm, host keys that are pinned. */

import { ConnectionPool } from './connection-pool.js';
import { defaultGreetingMs } from './greeting.js';
import type { HostKeyPolicy } from './host-keys.js';
import type { HostKeys, Transport } from './session.js';
import { tryAddress } from './try-address.js';

/** How to reach machines. */
export interface SshOptions {
  /** Where host keys are remembered. */
  hostKeys: HostKeys;
  /** Default `pin-first-use`. */
  policy?: HostKeyPolicy;
  /** How long a connection without scripts is kept. Default 60 s. */
  idleMs?: number;
  /** From the first packet to being signed in. Default 20 s. */
  connectTimeoutMs?: number;
  /** A connection is asked for a sign of life so often; after four without an answer it is lost. Default 15 s. */
  keepaliveMs?: number;
  /** How long a server may take to start a command. Default 20 s. */
  startTimeoutMs?: number;
  /** How long a login shell may take until a script begins. Default 60 s. */
  greetingMs?: number;
  /**
   * After a script, a shell is made ready for the next one, and kept so long: login shells take their time. 0: none.
   * Default 30 s.
   */
  spareMs?: number;
  /** Scripts at a time on one connection. Default 8: OpenSSH's `MaxSessions` is 10. */
  maxChannels?: number;
}

/**
 * Makes the transport over SSH. Connections are opened when they are needed, and kept for the next use.
 *
 * @param options times are in milliseconds
 * @returns a transport, whose `acquire` throws TransportError; close it when it is needed no more
 * @example
 * const transport = ssh({ hostKeys, policy: 'pin-first-use' });
 * const { session, release } = await transport.acquire({ hostname, port: 22, username, credential: { password } });
 * const script = await session.start('hostname', []);
 */
export function ssh(options: SshOptions): Transport {
  const pool = new ConnectionPool({
    hostKeys: options.hostKeys,
    policy: options.policy ?? 'pin-first-use',
    idleMs: options.idleMs ?? 60_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 20_000,
    keepaliveMs: options.keepaliveMs ?? 15_000,
    startTimeoutMs: options.startTimeoutMs ?? 20_000,
    greetingMs: options.greetingMs ?? defaultGreetingMs,
    spareMs: options.spareMs ?? 30_000,
    maxChannels: options.maxChannels ?? 8,
  });
  return {
    supportsJumpHosts: true,
    checksHostKeys: true,
    tryAddress,
    acquire: (target, { signal } = {}) => pool.acquire(target, signal),
    retire: (machine) => pool.retire(machine),
    async close() {
      pool.close();
    },
  };
}
