/** One SSH connection that is signed in, and the scripts on it. */

import type { ClientChannel } from 'ssh2';
import { TransportError } from '../errors.js';
import type { SignedIn } from './connect.js';
import { greet, searchHello, type Hello } from './greeting.js';
import { whenOver } from './script-streams.js';
import type { RemoteScript, StartOptions, Target } from './session.js';
import { createSshScript, type SshScript } from './ssh-script.js';
import type { Start } from './starter.js';
import { connectionLost, place, runsNoCommands, startAborted, tooSlow } from './transport-problems.js';

/** The server has no room for another channel on this connection: try another one. */
export class ChannelRefused extends Error {}

interface ConnectionOptions {
  target: Target;
  maxChannels: number;
  /** How long the server may take to start a command. */
  startTimeoutMs: number;
  /** How long a login shell may take until the script greets. */
  greetingMs: number;
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
   * Starts a script. The place on the connection is taken at once, before anything is awaited.
   * @throws ChannelRefused when the server has no room on this connection
   * @throws TransportError `connection_lost` | `deadline_passed` | `shell_refused` | `shell_silent` | `auth_refused`
   */
  async start(start: Start, options: StartOptions = {}): Promise<RemoteScript> {
    this.#channelCount += 1;
    try {
      const { script, greeted } = await this.#startOnChannel(start, options);
      await greeted;
      return script;
    } catch (error) {
      if (error instanceof ChannelRefused) this.#isFull = true;
      throw error;
    }
  }

  #startOnChannel(start: Start, options: StartOptions): Promise<Started> {
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
        giveUp(tooSlow(this.#options.target, this.#options.startTimeoutMs));
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
        else resolve(this.#adopt(channel, start, options));
      };
      try {
        this.#client.exec(start.command, answered);
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
    return runsNoCommands(this.#options.target, error);
  }

  #adopt(channel: ClientChannel, start: Start, options: StartOptions): Started {
    this.#hasServed = true;
    const { target, greetingMs } = this.#options;
    const hello = searchHello(start);
    const lost = () =>
      connectionLost(target, this.#death?.cause ?? new Error('the script ended without an exit status'));
    const over = whenOver(channel, lost);
    const script = this.#scriptOn(channel, { hello, lost, ...options });
    const account = { where: place(target), username: target.username };
    const wait = { text: start.text, hello, over, account, greetingMs: options.greetingMs ?? greetingMs };
    return { script, greeted: greet(script, wait) };
  }

  #scriptOn(channel: ClientChannel, options: StartOptions & { hello: Hello; lost: () => Error }): SshScript {
    const { target } = this.#options;
    const { signal, hello, lost, endsItself = false } = options;
    const letGo = () => new TransportError('connection_lost', `The script on ${place(target)} was let go.`);
    const script = createSshScript(channel, { hello, lost, letGo, endsItself });
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

/** A script that may not have greeted yet. */
interface Started {
  script: SshScript;
  greeted: Promise<void>;
}

/** A channel that came after its asker had gone. */
function discard(channel: ClientChannel): void {
  channel.on('error', () => undefined);
  channel.resume();
  channel.stderr.resume();
  channel.close();
}
