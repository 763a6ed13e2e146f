/** Keeps SSH connections warm, shared only by those with the same machine, name and credential. */

import { createHmac, randomBytes } from 'node:crypto';
import { TransportError } from '../errors.js';
import { connect, type SignedIn, type ConnectOptions } from './connect.js';
import { createConnectQueue, type ConnectQueue } from './connect-queue.js';
import { Connection } from './connection.js';
import { ConnectionGroup } from './connection-group.js';
import type { SessionLease, Target } from './session.js';
import { waitedTooLong } from './transport-problems.js';

export interface PoolOptions extends Omit<ConnectOptions, 'signal'> {
  idleMs: number;
  maxChannels: number;
  startTimeoutMs: number;
  greetingMs: number;
  spareMs: number;
}

const maxConnectsPerHost = 3;

interface Place {
  group: ConnectionGroup;
  target: Target;
}

/** Lives as long as its transport. */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #groups = new Map<string, Place>();
  readonly #queues = new Map<string, ConnectQueue>();
  readonly #closing = new AbortController();
  /** Credentials are kept in no key in clear, nor as a hash that could be guessed against. */
  readonly #keySecret = randomBytes(32);

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async acquire(target: Target, signal?: AbortSignal): Promise<SessionLease> {
    this.#closing.signal.throwIfAborted();
    const group = this.#groupOf(target);
    group.hold();
    let isHeld = true;
    const release = () => {
      if (isHeld) group.letGo();
      isHeld = false;
    };
    try {
      await group.open(signal);
    } catch (error) {
      release();
      throw error;
    }
    return { session: group, release };
  }

  retire({ hostname, port, username }: Pick<Target, 'hostname' | 'port'> & { username?: string }): void {
    for (const [key, { group, target }] of this.#groups) {
      if (target.hostname !== hostname || target.port !== port) continue;
      if (username !== undefined && target.username !== username) continue;
      this.#groups.delete(key);
      group.retire();
    }
  }

  close(): void {
    this.#closing.abort(new TransportError('connection_lost', 'The SSH transport was closed at this end.'));
    for (const { group } of this.#groups.values()) group.close();
    this.#groups.clear();
  }

  #groupOf(target: Target): ConnectionGroup {
    const { hostname, port, username, credential } = target;
    const parts = [hostname, port, username, ...credentialParts(credential)];
    const key = createHmac('sha256', this.#keySecret).update(JSON.stringify(parts)).digest('base64');
    const existing = this.#groups.get(key);
    if (existing) return existing.group;
    const group: ConnectionGroup = new ConnectionGroup({
      target,
      idleMs: this.#options.idleMs,
      open: (hooks) => this.#open(target, hooks),
      onEmpty: () => {
        if (this.#groups.get(key)?.group === group) this.#groups.delete(key);
      },
    });
    this.#groups.set(key, { group, target });
    return group;
  }

  async #open(target: Target, hooks: Parameters<GroupOpen>[0]): Promise<Connection> {
    const { maxChannels, startTimeoutMs, greetingMs, spareMs, connectTimeoutMs } = this.#options;
    const timeoutMs = 3 * connectTimeoutMs;
    const place = `${target.hostname}:${target.port}`;
    const queue = this.#queues.get(place) ?? createConnectQueue(maxConnectsPerHost);
    this.#queues.set(place, queue);
    try {
      const signedIn = await queue.run(
        () => connect(target, { ...this.#options, signal: this.#closing.signal }),
        {
          timeoutMs,
          onTooLate: () => waitedTooLong(target, timeoutMs),
        },
      );
      const connection: Connection = new Connection(signedIn, {
        target,
        maxChannels: isDropbear(signedIn) ? 1 : maxChannels,
        startTimeoutMs,
        greetingMs,
        spareMs,
        onRelease: hooks.onRelease,
        onDead: () => hooks.onDead(connection),
      });
      if (this.#closing.signal.aborted) connection.close();
      return connection;
    } finally {
      if (queue.isIdle) this.#queues.delete(place);
    }
  }
}

/**
 * Dropbear 2022.83 ends a whole connection by an assertion (`!channel->sent_close`) when one of several sessions on it
 * ends at the wrong moment. ssh2 keeps what the server called itself, but has no public name for it.
 */
function isDropbear({ client }: SignedIn): boolean {
  const { _remoteVer: software } = client as { _remoteVer?: unknown };
  return typeof software === 'string' && /^dropbear/i.test(software);
}

type GroupOpen = ConstructorParameters<typeof ConnectionGroup>[0]['open'];

function credentialParts({
  password,
  privateKey,
  passphrase,
  agent,
}: Target['credential']): (string | null)[] {
  return [password ?? null, privateKey ?? null, passphrase ?? null, agent ?? null];
}
