/** A TCP proxy that treats its connections badly. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { atEnd } from '../../support/cleanup.js';

export interface Proxy {
  hostname: '127.0.0.1';
  port: number;
  /** Ends all connections. */
  cut(): void;
  /** Nothing passes any more, and nobody is told; until `flow`. */
  stall(): void;
  /** A few bytes pass at a time; until `flow`. */
  trickle(): void;
  flow(): void;
  /** How many bytes have passed, both ways. */
  passed(): number;
  /** Half-open: what passes on the connections there are is lost for good, and neither end hears of the other again. */
  swallow(): void;
}

interface Target {
  hostname: string;
  port: number;
}

/** @param target where connections go; asked for each */
export async function startProxy(target: Target | (() => Target)): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let fate = { isSwallowed: false };
  let mode: 'flow' | 'stall' | 'trickle' = 'flow';
  let resume: () => void = () => {};
  let resumed = Promise.resolve();
  let passed = 0;

  class Valve extends Transform {
    readonly #fate = fate;

    override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
      void this.#pass(bytes).then(() => done());
    }

    async #pass(bytes: Buffer): Promise<void> {
      passed += bytes.length;
      for (let rest = bytes; rest.length > 0;) {
        if (mode === 'stall') await resumed;
        if (this.#fate.isSwallowed) return;
        const size = mode === 'trickle' ? 97 : rest.length;
        this.push(rest.subarray(0, size));
        rest = rest.subarray(size);
        if (mode === 'trickle') await delay(1);
      }
    }
  }

  const server = createServer((client) => {
    const { port, hostname } = typeof target === 'function' ? target() : target;
    const upstream = connect(port, hostname);
    const own = fate;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        if (own.isSwallowed) return;
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(new Valve()).pipe(upstream);
    upstream.pipe(new Valve()).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  atEnd(() => {
    server.close();
    cut();
  });
  return {
    hostname: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    cut,
    passed: () => passed,
    stall() {
      mode = 'stall';
      resumed = new Promise((resolve) => (resume = resolve));
    },
    trickle() {
      mode = 'trickle';
      resume();
    },
    flow() {
      mode = 'flow';
      resume();
    },
    swallow() {
      fate.isSwallowed = true;
      fate = { isSwallowed: false };
    },
  };
}
