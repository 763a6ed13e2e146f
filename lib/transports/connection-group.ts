/** The connections of one sign-in: same machine, same name, same credential. */

import { TransportError } from '../errors.js';
import { ChannelRefused, NeverOpened, type Connection } from './connection.js';
import type { Wire } from './jump.js';
import type { RemoteScript, Session, StartOptions, Target } from './session.js';
import { bodyOf } from './starter.js';
import { addressOf, stoppedOnTheWay } from './transport-problems.js';
import { withSignal } from './with-signal.js';

interface GroupOptions {
  target: Target;
  /** How long a connection without scripts is kept. */
  idleMs: number;
  /** Makes one more connection; calls the hooks as `Connection` says. */
  open: (hooks: { onRelease: () => void; onDead: (connection: Connection) => void }) => Promise<Connection>;
  /** Called when nothing of the group is left. */
  onEmpty: () => void;
}

/** Opens further connections when the channels of one are used up, and closes those that nobody needs. */
export class ConnectionGroup implements Session {
  readonly #options: GroupOptions;
  readonly #connections = new Set<Connection>();
  #handshake: Promise<Connection> | null = null;
  #leaseCount = 0;
  #idleTimer: NodeJS.Timeout | null = null;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  /** Resolves when there is a connection that lives. */
  async open(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (![...this.#connections].some((connection) => connection.hasRoom))
      await withSignal(this.#connect(), signal);
  }

  hold(): void {
    this.#leaseCount += 1;
  }

  release(): void {
    this.#leaseCount -= 1;
    this.#watchIdle();
  }

  async start(script: string, args: readonly string[], options: StartOptions = {}): Promise<RemoteScript> {
    const { signal } = options;
    const body = bodyOf(script, args);
    let hasRetried = false;
    for (;;) {
      signal?.throwIfAborted();
      const connection = [...this.#connections].find(({ hasRoom }) => hasRoom);
      if (!connection) {
        await withSignal(this.#connect(), signal);
        continue;
      }
      try {
        return await connection.start(body, options);
      } catch (error) {
        if (error instanceof NeverOpened) {
          // Once, another connection is tried.
          if (hasRetried) throw error.cause;
          hasRetried = true;
          continue;
        }
        if (!(error instanceof ChannelRefused)) throw error;
        // Others on it may be opened, and not answered yet.
        if (!connection.hasServed && connection.channelCount === 0) throw this.#refusesAll(error);
      }
    }
  }

  /**
   * A way to another machine, through this one. The group is to be held as long as it is used.
   * @throws TransportError `forwarding_refused` | `unreachable`, and those of a new connection
   */
  async forward(target: Target): Promise<Wire> {
    for (let hasRetried = false; ; hasRetried = true) {
      const warm = [...this.#connections].find(({ isOpen }) => isOpen);
      const connection = warm ?? (await this.#connectFor(target));
      try {
        return await connection.forward(target);
      } catch (error) {
        // It was dying already: once, another connection is tried.
        if (hasRetried || !connection.isDead) throw error;
      }
    }
  }

  /** Those under way run to their end; whoever comes signs in anew. */
  retire(): void {
    for (const connection of this.#connections) connection.retire();
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  /** One handshake is shared by all who wait for it: twenty scripts are no storm of twenty sign-ins. */
  #connect(): Promise<Connection> {
    this.#handshake ??= this.#openConnection().finally(() => {
      this.#handshake = null;
      this.#watchIdle();
    });
    return this.#handshake;
  }

  async #connectFor(target: Target): Promise<Connection> {
    try {
      return await this.#connect();
    } catch (error) {
      throw stoppedOnTheWay(target, error);
    }
  }

  async #openConnection(): Promise<Connection> {
    const connection = await this.#options.open({
      onRelease: () => this.#watchIdle(),
      onDead: (dead) => {
        this.#connections.delete(dead);
        this.#watchIdle();
      },
    });
    if (!connection.isDead) this.#connections.add(connection);
    return connection;
  }

  #refusesAll(cause: ChannelRefused): TransportError {
    const { target } = this.#options;
    const text = `${addressOf(target)} refuses to run commands for ${target.username}: ${cause.message}.`;
    return new TransportError('unreachable', `${text} Check MaxSessions of its SSH server.`, cause);
  }

  #watchIdle(): void {
    if (this.#connections.size === 0) {
      if (this.#leaseCount === 0 && !this.#handshake) this.#options.onEmpty();
      return;
    }
    if (this.#idleTimer) return;
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = null;
      this.#closeIdle();
    }, this.#options.idleMs);
    this.#idleTimer.unref();
  }

  /** A session on loan keeps one connection warm. */
  #closeIdle(): void {
    const idle = [...this.#connections].filter(({ isIdle }) => isIdle);
    const mustStay = this.#leaseCount > 0 && idle.length === this.#connections.size ? 1 : 0;
    for (const connection of idle.slice(mustStay)) connection.close();
  }
}
