/** One connected client: what it asks for, and what it is told. */

import type { Socket } from 'socket.io';
import type { z } from 'zod';
import { DrsError, ValidationError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Audience } from '../live/audience.js';
import { Viewer } from '../live/viewer.js';
import type { ViewerSession } from '../live/viewer-session.js';
import type { LogEvent } from '../protocol/events.js';
import {
  unwatchLog,
  watchJobs,
  watchLog,
  type Reply,
  type WatchLog,
} from '../protocol/schemas/watch-schemas.js';
import type { SocketTiming } from './socket-timing.js';

/** Requests of one client that may wait for their turn. */
const maxWaiting = 200;

export interface ConnectionDependencies {
  socket: Socket;
  /** Who watches, and for how long. */
  session: ViewerSession;
  logger: Logger;
  audience: Audience;
  timing: SocketTiming;
}

export class Connection {
  readonly #deps: ConnectionDependencies;
  readonly #viewer: Viewer;
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: ConnectionDependencies) {
    this.#deps = deps;
    const { audience, session, socket } = deps;
    this.#viewer = new Viewer({
      audience,
      session,
      client: {
        sendStatus: (event) => void socket.emit('status', event),
        sendLog: (event) => this.#send(event),
        // After the answer to the request that found it out, if one did.
        onEnd: () => void setImmediate(() => socket.conn.close()),
      },
    });
    this.#on('watch:jobs', watchJobs, async ({ limit }) => ({
      ok: true,
      jobs: await this.#viewer.watchJobs(limit),
    }));
    this.#on('watch:log', watchLog, (options) => this.#watchLog(options));
    this.#on('unwatch:log', unwatchLog, ({ jobId }) => {
      this.#viewer.unwatchLog(jobId);
      return { ok: true };
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#viewer.close();
  }

  /** Requests of one client are dealt with one after the other; whatever is sent, the process stays up. */
  #on<Schema extends z.ZodType>(
    event: string,
    schema: Schema,
    answer: (body: z.output<Schema>) => Promise<Reply> | Reply,
  ): void {
    this.#deps.socket.on(event, (...received: unknown[]) => {
      const last = received.at(-1);
      const reply = typeof last === 'function' ? (last as (reply: object) => void) : () => undefined;
      const body = typeof received[0] === 'function' ? {} : (received[0] ?? {});
      if (this.#waiting >= maxWaiting) return reply({ ok: false, code: 'too_many_requests' });
      this.#waiting += 1;
      this.#turn = this.#turn
        .then(() => this.#answer(schema, body, answer))
        .then((replied) => {
          this.#waiting -= 1;
          reply(replied);
        });
    });
  }

  async #answer<Schema extends z.ZodType>(
    schema: Schema,
    body: unknown,
    answer: (body: z.output<Schema>) => Promise<Reply> | Reply,
  ): Promise<object> {
    try {
      const parsed = schema.safeParse(body, { reportInput: false });
      if (!parsed.success) throw new ValidationError([{ path: '', message: 'does not fit' }]);
      return await answer(parsed.data);
    } catch (error) {
      if (error instanceof DrsError && error.status < 500) return { ok: false, code: error.code };
      this.#report(error);
      return { ok: false, code: 'internal' };
    }
  }

  /** Frames begin after the reply. */
  async #watchLog({ jobId, ...options }: WatchLog): Promise<Reply> {
    const { attempt, head, begin } = await this.#viewer.watchLog(jobId, options);
    setImmediate(begin);
    return { ok: true, attempt, head };
  }

  /** A client that stays silent is sent away: when it comes back, it says what it has and gets the rest. */
  #send(event: LogEvent): Promise<void> {
    const { socket, timing } = this.#deps;
    return new Promise((resolve, reject) => {
      // Not Socket.IO's own timer: that one would keep the process alive.
      const timer = setTimeout(() => {
        if (!this.#isClosed) socket.disconnect();
        reject(new Error('The viewer stays silent.'));
      }, timing.acknowledgeMs).unref();
      socket.emit('log', event, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #report(error: unknown): void {
    this.#deps.logger.error({ err: error }, 'a socket request failed');
  }
}
