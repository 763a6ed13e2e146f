/**
 * Server-Sent Events: what the sockets tell, for networks that block them.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

import { Readable } from 'node:stream';
import type { LogEvent } from '../protocol/events.js';
import type { User } from '../protocol/records.js';
import { Audience } from '../live/audience.js';
import type { LiveDependencies } from '../live/live-dependencies.js';
import { resolveLiveTiming, type LiveTiming } from '../live/live-timing.js';
import { Viewer, type WatchLogOptions } from '../live/viewer.js';
import type { ViewerSession } from '../live/viewer-session.js';
import type { StreamAnswer } from './answer.js';

/** How long things may take, in milliseconds. */
export interface StreamTiming extends LiveTiming {
  /** How often a comment is sent, so that nobody in between takes a quiet stream for a dead one. Default 15,000. */
  heartbeatMs: number;
}

/** Who watches, by the host's session as it is now. */
type Identify = () => Promise<User | null>;

/** Begins to watch, as somebody who was let in just now. */
type Watch = (stream: EventStream, viewer: Viewer, user: User) => Promise<void>;

/** States that may wait for a client that does not read; then it has to come back. */
const maxWaiting = 1000;

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // no-transform keeps compression away, which would wait for more; the other header says the same to nginx.
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
};

/** The open streams of one router. */
export class EventStreams {
  readonly #timing: StreamTiming;
  readonly #audience: Audience;

  constructor(dependencies: LiveDependencies, timing: Partial<StreamTiming> = {}) {
    this.#timing = { heartbeatMs: 15_000, ...resolveLiveTiming(timing), ...timing };
    this.#audience = new Audience(dependencies, this.#timing);
  }

  /** A job's states and its log, whose reader had the right to it just now. */
  openLog(job: { id: number; attempt: number }, options: WatchLogOptions, identify: Identify): StreamAnswer {
    return this.#answer(identify, async (stream, viewer) => {
      const { attempt, head, begin } = await viewer.watchLogOf(job, options);
      stream.emit('watch', { attempt, head });
      const status = await this.#audience.dependencies.store.statuses.statusOf(job.id);
      if (status) stream.emit('status', status);
      begin();
    });
  }

  /** The states of the jobs that changed last, then each change. */
  openJobs(limit: number, identify: Identify): StreamAnswer {
    return this.#answer(identify, async (stream, viewer, user) => {
      stream.emit('watch', { jobs: await viewer.watchJobsOf(user, limit) });
    });
  }

  #answer(identify: Identify, watch: Watch): StreamAnswer {
    return {
      kind: 'stream',
      headers,
      open: () => {
        const stream = new EventStream(this.#timing);
        const session = this.#audience.createSession(identify);
        this.#serve(stream, session, watch).catch((error: unknown) =>
          stream.readable.destroy(error as Error),
        );
        return stream.readable;
      },
    };
  }

  async #serve(stream: EventStream, session: ViewerSession, watch: Watch): Promise<void> {
    const user = await session.begin();
    if (user === null || stream.readable.destroyed) return stream.end();
    const viewer = this.#createViewer(stream, session);
    this.#audience.open();
    stream.readable.once('close', () => {
      viewer.close();
      if (this.#audience.size === 0) this.#audience.close();
    });
    await watch(stream, viewer, user);
  }

  /** What a client has no more right to ends its stream: when it comes back, it is told so. */
  #createViewer(stream: EventStream, session: ViewerSession): Viewer {
    return new Viewer({
      audience: this.#audience,
      session,
      client: {
        sendStatus: (event) => stream.emit('status', event),
        sendLog: (event) => stream.send(event),
        onLogOver: () => stream.end(),
        onEnd: () => stream.end(),
      },
    });
  }
}

/** One client's stream of events. What waits for it is bounded: chunks by their viewer, states by a number. */
class EventStream {
  readonly readable: Readable;
  readonly #waiting: { text: string; taken: () => void }[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;

  constructor({ heartbeatMs }: StreamTiming) {
    this.readable = Readable.from(this.#texts(), { objectMode: false });
    const beat = setInterval(() => {
      if (this.#waiting.length === 0) void this.#put(': \n\n');
    }, heartbeatMs).unref();
    this.readable.once('close', () => {
      clearInterval(beat);
      this.end();
    });
    void this.#put('retry: 1000\n\n');
  }

  emit(event: string, data: object): void {
    if (this.#waiting.length >= maxWaiting) this.readable.destroy();
    else void this.#put(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Resolves when the client has taken it. The identifier says where the client is, for its return. */
  send(event: LogEvent): Promise<void> {
    const id = `${event.attempt}.${event.chunks.at(-1)?.seq ?? 0}`;
    return this.#put(`id: ${id}\nevent: log\ndata: ${JSON.stringify(event)}\n\n`);
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  #put(text: string): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    return new Promise((taken) => {
      this.#waiting.push({ text, taken });
      this.#wake();
    });
  }

  async *#texts(): AsyncGenerator<string> {
    while (!this.#isEnded) {
      const next = this.#waiting.shift();
      if (next) {
        yield next.text;
        next.taken();
      } else {
        await new Promise<void>((wake) => (this.#wake = wake));
      }
    }
  }
}
