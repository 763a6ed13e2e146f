/** One SSH connection that is signed in, and the scripts on it. */

import { TransportError } from '../errors.js';
import type { SignedIn } from './connect.js';
import { Tunnels, type Wire } from './jump.js';
import type { RemoteScript, StartOptions, Target } from './session.js';
import { SpareShell } from './spare-shell.js';
import { SshShell } from './ssh-shell.js';
import { connectionLost, addressOf, runsNoCommands } from './transport-problems.js';

/** The server has no room for another channel on this connection: try another one. */
export class ChannelRefused extends Error {}

/** The connection was dying already: the server never answered, and nothing of the script was sent. */
export class NeverOpened extends Error {
  constructor(override readonly cause: Error) {
    super(cause.message);
  }
}

interface ConnectionOptions {
  target: Target;
  maxChannels: number;
  /** How long the server may take to start a command. */
  startTimeoutMs: number;
  /** How long a machine that is reached through this one may take to answer. */
  connectTimeoutMs: number;
  /** How long a login shell may take until the script greets. */
  greetingMs: number;
  /** How long a shell is kept ready for the next script. */
  spareMs: number;
  /** Called when a channel was given back. */
  onRelease: () => void;
  /** Called once, when the connection is gone. */
  onDead: () => void;
}

/** Lives from the sign-in until it is closed or lost. */
export class Connection {
  readonly #client: SignedIn['client'];
  readonly #wire: Wire;
  readonly #options: ConnectionOptions;
  readonly #shells = new Set<SshShell>();
  readonly #spare: SpareShell;
  readonly #tunnels: Tunnels;
  #channelCount = 0;
  #isFull = false;
  #isRetired = false;
  #hasServed = false;
  #death: { cause: unknown } | null = null;

  constructor({ client, wire, isClosed }: SignedIn, options: ConnectionOptions) {
    this.#client = client;
    this.#wire = wire;
    this.#options = options;
    this.#spare = new SpareShell({ open: () => this.#open(), keepMs: options.spareMs });
    const timeoutMs = options.connectTimeoutMs;
    this.#tunnels = new Tunnels({ client, timeoutMs, onGone: () => this.#afterRelease() });
    let lastError: unknown;
    client.on('error', (error) => {
      lastError = error;
      this.#die(error);
    });
    client.once('end', () => this.#die(lastError));
    client.once('close', () => this.#die(lastError));
    if (isClosed()) this.#die(lastError);
  }

  get channelCount(): number {
    return this.#channelCount;
  }

  /** True once the server ran a command on it. */
  get hasServed(): boolean {
    return this.#hasServed;
  }

  get isDead(): boolean {
    return this.#death !== null;
  }

  /** Neither scripts nor ways to other machines. */
  get isIdle(): boolean {
    return this.#channelCount === 0 && this.#tunnels.count === 0;
  }

  /** Other machines may be reached through it: that takes no room of scripts. */
  get isOpen(): boolean {
    return !this.isDead && !this.#isRetired;
  }

  get hasRoom(): boolean {
    return this.isOpen && !this.#isFull && this.#channelCount < this.#options.maxChannels;
  }

  /** Takes nothing new, and closes when what is under way has ended. */
  retire(): void {
    this.#isRetired = true;
    this.#spare.drop();
    if (this.isIdle) this.close();
  }

  close(): void {
    if (this.isDead) return;
    this.#spare.drop();
    this.#client.end();
    this.#die(new Error('it was closed at this end'));
  }

  /**
   * Starts a script. The place on the connection is taken at once, before anything is awaited.
   * @throws ChannelRefused when the server has no room on this connection
   * @throws TransportError `connection_lost` | `deadline_passed` | `shell_refused` | `shell_silent` | `auth_refused`
   */
  async start(body: string, options: StartOptions = {}): Promise<RemoteScript> {
    this.#channelCount += 1;
    const shell = this.#spare.take() ?? this.#open();
    shell.whenGone(() => this.#giveBack());
    let isOpened = false;
    shell.opened.then(
      () => (isOpened = true),
      () => undefined,
    );
    try {
      return await shell.start(body, options);
    } catch (error) {
      if (error instanceof ChannelRefused) this.#isFull = true;
      if (isLost(error) && this.isDead && !isOpened) throw new NeverOpened(error);
      throw error;
    }
  }

  /** A way through this machine to another one. @throws TransportError `forwarding_refused` | `unreachable` */
  forward(target: Target): Promise<Wire> {
    return this.#tunnels.open(target);
  }

  #open(): SshShell {
    const { target, startTimeoutMs, greetingMs } = this.#options;
    const shell: SshShell = new SshShell({
      client: this.#client,
      target,
      startTimeoutMs,
      greetingMs,
      failureOf: (error) => this.#startFailure(error),
      lost: () =>
        connectionLost(target, this.#death?.cause ?? new Error('the script ended without an exit status')),
      onSilent: () => this.#isSilent(shell),
    });
    this.#shells.add(shell);
    shell.whenGone(() => this.#shells.delete(shell));
    shell.opened.then(
      () => this.#hasOpened(shell),
      () => undefined,
    );
    return shell;
  }

  #hasOpened(shell: SshShell): void {
    this.#hasServed = true;
    if (this.#death) shell.fail(connectionLost(this.#options.target, this.#death.cause));
  }

  #isSilent(shell: SshShell): void {
    if (this.#spare.holds(shell)) this.#spare.drop();
    // Half-open: whoever waits on this connection waits in vain.
    else this.#die(new Error('it does not answer'));
  }

  #startFailure(error: Error & { reason?: unknown }): Error {
    if (this.isDead || error.message === 'Not connected' || error.message === 'No response from server') {
      return connectionLost(this.#options.target, this.#death?.cause ?? error);
    }
    if (error.reason !== undefined) return new ChannelRefused(error.message);
    return runsNoCommands(this.#options.target, error);
  }

  #giveBack(): void {
    this.#channelCount -= 1;
    this.#isFull = false;
    if (this.hasRoom) this.#spare.make();
    this.#afterRelease();
  }

  #afterRelease(): void {
    if (this.isDead) return;
    if (this.#isRetired && this.isIdle) this.close();
    else this.#options.onRelease();
  }

  #die(cause: unknown): void {
    if (this.#death) return;
    this.#death = { cause };
    this.#options.onDead();
    this.#spare.take();
    for (const shell of this.#shells) shell.fail(connectionLost(this.#options.target, cause));
    this.#tunnels.fail(new Error(`the connection to ${addressOf(this.#options.target)} was lost`));
    // After `end()` the disconnect message still goes out; a dead peer gets no more patience than that.
    this.#wire.destroySoon();
    setTimeout(() => this.#wire.destroy(), 1000).unref();
  }
}

function isLost(error: unknown): error is TransportError {
  return error instanceof TransportError && error.code === 'connection_lost';
}
