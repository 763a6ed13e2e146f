/** The way through a jump host: streams to other machines, on a connection to the one before. */

import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { TransportError } from '../errors.js';
import type { Target } from './session.js';
import { didNotAnswer, notPassedOn, addressOf, unreachable } from './transport-problems.js';

/** What a connection is made on: a socket, or a stream through a jump host. */
export type Wire = Duplex & {
  /** Closes it once what was written is on its way. */
  destroySoon(): void;
};

/** The last jump host before a machine, with its own jump hosts; null when it is reached directly. */
export function hopBefore({ via = [], username, credential }: Target): Target | null {
  const hop = via.at(-1);
  return hop ? { ...hop, username, credential, via: via.slice(0, -1) } : null;
}

/** The streams through one connection. */
export class Tunnels {
  readonly #options: { client: Client; timeoutMs: number; onGone: () => void };
  readonly #open = new Set<Wire>();
  #opening = 0;

  constructor(options: { client: Client; timeoutMs: number; onGone: () => void }) {
    this.#options = options;
  }

  get count(): number {
    return this.#open.size + this.#opening;
  }

  /** @throws TransportError `forwarding_refused` | `unreachable` */
  async open(target: Target): Promise<Wire> {
    const { client, timeoutMs, onGone } = this.#options;
    this.#opening += 1;
    try {
      const channel = await forward(client, target, timeoutMs);
      const wire = asWire(channel);
      this.#open.add(wire);
      channel.once('close', () => {
        this.#open.delete(wire);
        onGone();
      });
      return wire;
    } finally {
      this.#opening -= 1;
      if (this.count === 0) onGone();
    }
  }

  /** The connection is gone, and so are they. */
  fail(reason: Error): void {
    for (const wire of this.#open) wire.emit('error', reason);
  }
}

function forward(client: Client, target: Target, timeoutMs: number): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      reject(didNotAnswer(target, timeoutMs));
    }, timeoutMs);
    const answered = (error: Refusal | undefined, channel: ClientChannel): void => {
      clearTimeout(deadline);
      if (error) reject(refusal(target, error));
      else if (isLate) asWire(channel).destroy();
      else resolve(channel);
    };
    try {
      client.forwardOut('127.0.0.1', 0, target.hostname, target.port, answered);
    } catch (error) {
      answered(error as Error, undefined as never);
    }
  });
}

function asWire(channel: ClientChannel): Wire {
  // A stream that fails after its reader has gone must end nothing.
  channel.on('error', () => undefined);
  const close = (): ClientChannel => {
    channel.end();
    channel.close();
    // The other end's last bytes stand before its word that it has closed, too.
    return channel.resume();
  };
  return Object.assign(channel, { destroy: close, destroySoon: close });
}

type Refusal = Error & { reason?: unknown };

/** RFC 4254, section 5.1: 1 administratively prohibited, 2 connect failed, 3 unknown channel type, 4 resource shortage. */
function refusal(target: Target, error: Refusal): TransportError {
  const words = error.message.replace(/^\(SSH\) Channel open failure: /, '');
  if (error.reason === 1 || error.reason === 3) return notPassedOn(target, words, error);
  const hop = hopBefore(target) ?? target;
  if (error.reason === undefined)
    return unreachable(target, { message: `the connection to ${addressOf(hop)} was lost` });
  return unreachable(target, { message: `${addressOf(hop)} says "${words}"` });
}
