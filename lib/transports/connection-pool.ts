/** Keeps SSH connections warm, shared only by those with the same machine, name, credential and choice of algorithms. */

import { createHmac, randomBytes } from 'node:crypto';
import { TransportError } from '../errors.js';
import { connect, type ConnectOptions, type SignedIn } from './connect.js';
import { createConnectQueue, type ConnectQueue } from './connect-queue.js';
import { Connection } from './connection.js';
import { ConnectionGroup } from './connection-group.js';
import { hopBefore } from './jump.js';
import type { RetiredMachine, SessionLease, Target } from './session.js';
import { stoppedOnTheWay, waitedTooLong } from './transport-problems.js';

export interface PoolOptions extends Omit<ConnectOptions, 'signal' | 'wire'> {
  idleMs: number;
  maxChannels: number;
  startTimeoutMs: number;
  greetingMs: number;
  spareMs: number;
}

const maxConnectsPerHost = 3;

interface PooledGroup {
  group: ConnectionGroup;
  target: Target;
}

/** A group on loan. */
interface Held {
  group: ConnectionGroup;
  release: () => void;
}

/** Lives as long as its transport. */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #groups = new Map<string, PooledGroup>();
  readonly #queues = new Map<string, ConnectQueue>();
  readonly #closing = new AbortController();
  /** Credentials are kept in no key in clear, nor as a hash that could be guessed against. */
  readonly #keySecret = randomBytes(32);

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async acquire(target: Target, signal?: AbortSignal): Promise<SessionLease> {
    const { group, release } = await this.#hold(target, signal);
    return { session: group, release };
  }

  retire({ hostname, port, username }: RetiredMachine): void {
    for (const [key, { group, target }] of this.#groups) {
      const machines = [target, ...(target.via ?? [])];
      if (!machines.some((machine) => machine.hostname === hostname && machine.port === port)) continue;
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

  async #hold(target: Target, signal?: AbortSignal): Promise<Held> {
    this.#closing.signal.throwIfAborted();
    const group = this.#groupOf(target);
    group.hold();
    let isHeld = true;
    const release = () => {
      if (isHeld) group.release();
      isHeld = false;
    };
    try {
      await group.open(signal);
    } catch (error) {
      release();
      throw error;
    }
    return { group, release };
  }

  /** The jump host before it, whose connection all share that go through it; null when there is none. */
  async #hopOf(target: Target): Promise<Held | null> {
    const hop = hopBefore(target);
    if (!hop) return null;
    try {
      return await this.#hold(hop);
    } catch (error) {
      throw stoppedOnTheWay(target, error);
    }
  }

  #groupOf(target: Target): ConnectionGroup {
    const { hostname, port, username, legacyAlgorithms = false, credential, via = [] } = target;
    const hops = via.map((hop) => [hop.hostname, hop.port, hop.legacyAlgorithms ?? false]);
    const parts = [hostname, port, hops, username, legacyAlgorithms, ...credentialParts(credential)];
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
    // Not in the queue: the same machine may be waited for there.
    const hop = await this.#hopOf(target);
    try {
      const signedIn = await this.#inTurn(target, async () => {
        const wire = hop && (await hop.group.forward(target));
        return connect(target, { ...this.#options, signal: this.#closing.signal, wire });
      });
      const connection: Connection = new Connection(signedIn, {
        ...this.#options,
        maxChannels: isDropbear(signedIn) ? 1 : this.#options.maxChannels,
        target,
        onRelease: hooks.onRelease,
        onDead: () => {
          hooks.onDead(connection);
          hop?.release();
        },
      });
      if (this.#closing.signal.aborted) connection.close();
      return connection;
    } catch (error) {
      hop?.release();
      throw error;
    }
  }

  async #inTurn(target: Target, open: () => Promise<SignedIn>): Promise<SignedIn> {
    const timeoutMs = 3 * this.#options.connectTimeoutMs;
    const endpoint = `${target.hostname}:${target.port}`;
    const queue = this.#queues.get(endpoint) ?? createConnectQueue(maxConnectsPerHost);
    this.#queues.set(endpoint, queue);
    try {
      return await queue.run(open, { timeoutMs, onTooLate: () => waitedTooLong(target, timeoutMs) });
    } finally {
      if (queue.isIdle) this.#queues.delete(endpoint);
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
