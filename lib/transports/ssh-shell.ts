/** One shell on an SSH channel: asked for, greeting, and then running one script. */

import type { ClientChannel } from 'ssh2';
import { TransportError } from '../errors.js';
import type { SignedIn } from './connect.js';
import { greet, searchHello, type Hello } from './greeting.js';
import { whenOver } from './script-streams.js';
import type { RemoteScript, ScriptEnd, StartOptions, Target } from './session.js';
import { createSshScript, type SshScript } from './ssh-script.js';
import { prepareStarter, type Starter } from './starter.js';
import { addressOf, startAborted, tooSlow } from './transport-problems.js';
import { withSignal } from './with-signal.js';

export interface ShellOptions {
  client: SignedIn['client'];
  target: Target;
  /** How long the server may take to start a command. */
  startTimeoutMs: number;
  /** How long a login shell may take until the script greets. */
  greetingMs: number;
  /** Why the server did not start it. */
  failureOf(error: Error & { reason?: unknown }): Error;
  /** What went wrong when it ended without an exit status. */
  lost(): Error;
  /** The server did not say in time whether it starts it. */
  onSilent(): void;
}

/**
 * What ssh2 says when the command was refused, and also when the channel was closed before it was asked for: Dropbear
 * closes a new one when any other process of the connection ends in that moment. Neither has run anything.
 */
const unanswered = 'Unable to exec';
const mostAsked = 10;

/** What stands on the channel. */
interface Opened {
  script: SshScript;
  over: Promise<ScriptEnd>;
}

export class SshShell {
  readonly #options: ShellOptions;
  readonly #starter: Starter = prepareStarter();
  readonly #hello: Hello = searchHello(this.#starter);
  readonly #ending = { endsItself: false };
  /** Resolves when the server has started it. */
  readonly opened: Promise<Opened>;
  #script: SshScript | null = null;
  #isGivenUp = false;
  #isGone = false;
  #hasEnded = false;
  #onGone: (() => void)[] = [];

  constructor(options: ShellOptions) {
    this.#options = options;
    this.opened = this.#open();
    // Nobody may wait for it yet.
    this.opened.catch(() => undefined);
  }

  /** Its end was told: something that it left behind may keep the channel. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Calls back when its channel is free again. */
  whenGone(onGone: () => void): void {
    if (this.#isGone) onGone();
    else this.#onGone.push(onGone);
  }

  /**
   * Runs the script. Call it once.
   * @throws what `failureOf` makes; TransportError `connection_lost` | `deadline_passed` | `shell_refused` |
   *   `shell_silent` | `auth_refused`
   */
  async start(body: string, { signal, endsItself = false, greetingMs }: StartOptions): Promise<RemoteScript> {
    this.#ending.endsItself = endsItself;
    const onAbort = () => this.close(startAborted(signal));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.whenGone(() => signal?.removeEventListener('abort', onAbort));
    const { script, over } = await withSignal(this.opened, signal, startAborted);
    const { target } = this.#options;
    await greet(script, {
      text: this.#starter.textOf(body),
      hello: this.#hello,
      over,
      account: { where: addressOf(target), username: target.username },
      greetingMs: greetingMs ?? this.#options.greetingMs,
    });
    return script;
  }

  /** Closes the script at this end. */
  close(reason?: unknown): void {
    this.#isGivenUp = true;
    this.#script?.close(reason);
  }

  /** Its connection is gone. */
  fail(reason: unknown): void {
    this.#script?.fail(reason);
  }

  #open(): Promise<Opened> {
    const { client, target, startTimeoutMs, failureOf, onSilent } = this.#options;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        if (this.#isGivenUp) return;
        this.#isGivenUp = true;
        reject(tooSlow(target, startTimeoutMs));
        onSilent();
      }, startTimeoutMs);
      let asked = 0;
      const answered = (error: (Error & { reason?: unknown }) | undefined, channel: ClientChannel) => {
        if (error?.message === unanswered && !this.#isGivenUp && asked < mostAsked) return ask();
        clearTimeout(deadline);
        if (error || this.#isGivenUp) this.#tellGone();
        if (error) reject(failureOf(error));
        else if (this.#isGivenUp) discard(channel);
        // At once: the exit status may be in the same packet, and is not told twice.
        else resolve(this.#adopt(channel));
      };
      const ask = () => {
        asked += 1;
        try {
          client.exec(this.#starter.command, answered);
        } catch (error) {
          answered(error as Error, undefined as never);
        }
      };
      ask();
    });
  }

  #adopt(channel: ClientChannel): Opened {
    const { target, lost } = this.#options;
    const closed = () =>
      new TransportError('connection_lost', `The script on ${addressOf(target)} was let go.`);
    const over = whenOver(channel, lost);
    const script = createSshScript(channel, { hello: this.#hello, lost, closed, ending: this.#ending });
    this.#script = script;
    channel.once('exit', () => (this.#hasEnded = true));
    channel.once('close', () => this.#tellGone());
    return { script, over };
  }

  #tellGone(): void {
    this.#isGone = true;
    for (const onGone of this.#onGone.splice(0)) onGone();
  }
}

/** A channel that came after its asker had gone. */
function discard(channel: ClientChannel): void {
  channel.on('error', () => undefined);
  channel.resume();
  channel.stderr.resume();
  channel.close();
}
