/** One SSH connection that is signed in, and the scripts on it. */

import type { ClientChannel } from 'ssh2';
import { TransportError } from '../errors.js';
import type { SignedIn } from './connect.js';
import type { RemoteScript, StartOptions, Target } from './session.js';
import { createSshScript, type SshScript } from './ssh-script.js';
import { connectionLost, place, startAborted } from './transport-problems.js';

/** The server has no room for another channel on this connection: try another one. */
export class ChannelRefused extends Error {}

interface ConnectionOptions {
  target: Target;
  maxChannels: number;
  /** How long the server may take to start a command. */
  startTimeoutMs: number;
  /** Called when a channel was given back. */
  onRelease: () => void;
  /** Called once, when the connection is gone. */
  onDead: () => void;
}

/** Lives from the sign-in until it is closed or lost. */
export class Connection {
  readonly #client: SignedIn['client'];
  readonly #socket: SignedIn['socket'];
  readonly #options: ConnectionOptions;
  readonly #scripts = new Set<SshScript>();
  #channelCount = 0;
  #isFull = false;
  #isRetired = false;
  #hasServed = false;
  #death: { cause: unknown } | null = null;

  constructor({ client, socket }: SignedIn, options: ConnectionOptions) {
    this.#client = client;
    this.#socket = socket;
    this.#options = options;
    let lastError: unknown;
    client.on('error', (error) => {
      lastError = error;
      this.#die(error);
    });
    client.once('end', () => this.#die(lastError));
    client.once('close', () => this.#die(lastError));
    if (socket.destroyed) this.#die(lastError);
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

  get hasRoom(): boolean {
    return (
      !this.isDead && !this.#isRetired && !this.#isFull && this.#channelCount < this.#options.maxChannels
    );
  }

  /** Takes no new scripts, and closes when those under way have ended. */
  retire(): void {
    this.#isRetired = true;
    if (this.#channelCount === 0) this.close();
  }

  close(): void {
    if (this.isDead) return;
    this.#client.end();
    this.#die(new Error('it was closed at this end'));
  }

  /**
   * Runs a command. The place on the connection is taken at once, before anything is awaited.
   * @throws ChannelRefused when the server has no room on this connection
   * @throws TransportError `connection_lost` | `deadline_passed`
   */
  async start(command: string, options: StartOptions = {}): Promise<RemoteScript> {
    this.#channelCount += 1;
    try {
      return await this.#startOnChannel(command, options);
    } catch (error) {
      if (error instanceof ChannelRefused) this.#isFull = true;
      throw error;
    }
  }

  #startOnChannel(command: string, options: StartOptions): Promise<SshScript> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      let isGivenUp = false;
      const giveUp = (reason: unknown) => {
        isGivenUp = true;
        settle();
        reject(reason instanceof Error ? reason : new Error(String(reason)));
      };
      const onAbort = () => giveUp(startAborted(signal));
      const deadline = setTimeout(() => {
        giveUp(this.#tooSlow());
        // Half-open: whoever waits on this connection waits in vain.
        this.#die(new Error('it does not answer'));
      }, this.#options.startTimeoutMs);
      const settle = () => {
        clearTimeout(deadline);
        signal?.removeEventListener('abort', onAbort);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const answered = (error: (Error & { reason?: unknown }) | undefined, channel: ClientChannel) => {
        settle();
        if (error || isGivenUp) this.#giveBack();
        if (error) reject(this.#startFailure(error));
        else if (isGivenUp) discard(channel);
        // At once: the exit status may be in the same packet, and is not told twice.
        else resolve(this.#adopt(channel, options));
      };
      try {
        this.#client.exec(command, answered);
      } catch (error) {
        answered(error as Error, undefined as never);
      }
    });
  }

  #startFailure(error: Error & { reason?: unknown }): Error {
    if (this.isDead || error.message === 'Not connected' || error.message === 'No response from server') {
      return connectionLost(this.#options.target, this.#death?.cause ?? error);
    }
    if (error.reason !== undefined) return new ChannelRefused(error.message);
    const text = `${place(this.#options.target)} refuses to run commands for ${this.#options.target.username}: ${error.message}.`;
    return new TransportError(
      'unreachable',
      `${text} Check that the account may run commands over SSH.`,
      error,
    );
  }

  #tooSlow(): TransportError {
    const seconds = this.#options.startTimeoutMs / 1000;
    const text = `${place(this.#options.target)} did not start a command within ${seconds} s. Try again later.`;
    return new TransportError('deadline_passed', text);
  }

  #adopt(channel: ClientChannel, { signal, endsItself = false }: StartOptions): SshScript {
    this.#hasServed = true;
    const { target } = this.#options;
    const script = createSshScript(channel, {
      endsItself,
      lost: () =>
        connectionLost(target, this.#death?.cause ?? new Error('the script ended without an exit status')),
      letGo: () => new TransportError('connection_lost', `The script on ${place(target)} was let go.`),
    });
    const onAbort = () => script.close(startAborted(signal));
    channel.once('close', () => {
      signal?.removeEventListener('abort', onAbort);
      this.#scripts.delete(script);
      this.#giveBack();
    });
    this.#scripts.add(script);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (this.#death) script.fail(connectionLost(target, this.#death.cause));
    return script;
  }

  #giveBack(): void {
    this.#channelCount -= 1;
    this.#isFull = false;
    if (this.#isRetired && this.#channelCount === 0) this.close();
    else if (!this.isDead) this.#options.onRelease();
  }

  #die(cause: unknown): void {
    if (this.#death) return;
    this.#death = { cause };
    this.#options.onDead();
    for (const script of this.#scripts) script.fail(connectionLost(this.#options.target, cause));
    // After `end()` the disconnect message still goes out; a dead peer gets no more patience than that.
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }
}

/** A channel that came after its asker had gone. */
function discard(channel: ClientChannel): void {
  channel.on('error', () => undefined);
  channel.resume();
  channel.stderr.resume();
  channel.close();
}
