/** What the tests of the namespace share: a Socket.IO server on an instance, and viewers that remember. */

import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import type { LogChunk, LogEvent, StatusEvent } from '../../lib/protocol/events.js';
import { attachSockets, type RemoteSubmission } from '../../lib/index.js';
import type { SocketTiming } from '../../lib/sockets/socket-timing.js';
import { atEnd } from '../support/cleanup.js';

/** Serves the namespace; the returned url is for `Viewer.connect`. */
export async function serveSockets(
  drs: RemoteSubmission,
  timing: Partial<SocketTiming> = {},
): Promise<string> {
  const server = createServer();
  const sockets = new Server(server, { destroyUpgrade: false });
  const attached = attachSockets(sockets, drs, timing);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    attached.close();
    await sockets.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A connection without a look at whether it is let in. */
export function connect(url: string, headers: Record<string, string> = {}): Socket {
  const socket = io(`${url}/drs`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: headers,
  });
  atEnd(() => void socket.disconnect());
  return socket;
}

/** A client that remembers what it was told, and acknowledges unless it is silent. */
export class Viewer {
  readonly socket: Socket;
  readonly chunks: LogChunk[] = [];
  readonly frames: LogEvent[] = [];
  readonly statuses: StatusEvent[] = [];
  isSilent = false;
  readonly #news = new EventEmitter();

  static connect(url: string, user: string): Promise<Viewer> {
    return Viewer.connectWith(url, { 'x-user': user });
  }

  static async connectWith(url: string, headers: Record<string, string>): Promise<Viewer> {
    const socket = connect(url, headers);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return new Viewer(socket);
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('log', (event: LogEvent, acknowledge: () => void) => {
      this.frames.push(event);
      this.chunks.push(...event.chunks);
      if (!this.isSilent) acknowledge();
      this.#news.emit('news');
    });
    socket.on('status', (event: StatusEvent) => {
      this.statuses.push(event);
      this.#news.emit('news');
    });
    socket.on('disconnect', () => this.#news.emit('news'));
  }

  get text(): string {
    return this.chunks.map(({ content }) => content).join('');
  }

  ask(event: string, body?: unknown): Promise<Record<string, unknown>> {
    return this.socket.timeout(5000).emitWithAck(event, body) as Promise<Record<string, unknown>>;
  }

  /** Resolves when it is true. */
  async until(isTrue: (viewer: this) => boolean): Promise<void> {
    const late = AbortSignal.timeout(20_000);
    while (!isTrue(this)) {
      await once(this.#news, 'news', { signal: late }).catch(() => {
        const state = {
          text: this.text.slice(-200),
          statuses: this.statuses,
          isConnected: this.socket.connected,
        };
        throw new Error(`It did not become true: ${JSON.stringify(state)}`);
      });
    }
  }
}
