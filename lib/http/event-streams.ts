/**
 * Server-Sent Events: what the sockets tell, for networks that block them.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

import { Readable } from 'node:stream';
import type { AccessRecord } from '../access.js';
import type { LogEvent, StatusEvent } from '../protocol/events.js';
import type { User } from '../protocol/records.js';
import type { Internals } from '../internals.js';
import { Audience, type Listener } from '../live/audience.js';
import { LogViewer } from '../live/log-viewer.js';
import { recentStatuses } from '../live/recent-statuses.js';
import { resolveTiming, type SocketTiming } from '../live/live-timing.js';
import type { StreamAnswer } from './answer.js';
import { withoutProgram } from '../models/without-program.js';

/** How long things may take, in milliseconds. */
export interface StreamTiming extends SocketTiming {
  /** How often a comment is sent, so that nobody in between takes a quiet stream for a dead one. Default 15,000. */
  heartbeatMs: number;
  /** A stream ends after so long, and the client comes back: the host's sign-in is asked anew. Default 300,000. */
  lifeMs: number;
}

/** Who watches: asked anew each time, as the host may have ended the session. */
type Identify = () => Promise<User | null>;

/** Where a log is watched from. */
export interface LogPlace {
  jobId: number;
  attempt: number;
  /** The last `seq` that the client has. */
  after: number;
  /** Goes on with newer attempts. */
  isFollowing: boolean;
  newestAttempt: number;
}

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
  readonly #internals: Internals;
  readonly #timing: StreamTiming;
  readonly #audience: Audience;

  constructor(internals: Internals, timing: Partial<StreamTiming> = {}) {
    this.#internals = internals;
    this.#timing = { heartbeatMs: 15_000, lifeMs: 300_000, ...resolveTiming(timing), ...timing };
    this.#audience = new Audience(internals, this.#timing.checkMs);
  }

  /** A job's states and its log. */
  openLog(place: LogPlace, identify: Identify): StreamAnswer {
    const { store } = this.#internals;
    const open = async (stream: EventStream): Promise<void> => {
      const head = await store.lastSeqOf(place.jobId, place.attempt);
      stream.emit('watch', { attempt: place.attempt, head });
      const status = await store.statusOf(place.jobId);
      if (status) stream.emit('status', status);
      this.#watchLog(stream, place, identify);
    };
    return this.#answer({ jobId: place.jobId, identify, open });
  }

  /** The states of the jobs that changed last, then each change. */
  openJobs(limit: number, identify: Identify): StreamAnswer {
    const open = async (stream: EventStream): Promise<void> => {
      const user = await identify();
      const jobs = user ? await recentStatuses(this.#internals, user, limit) : [];
      stream.emit('watch', { jobs });
    };
    return this.#answer({ jobId: null, identify, open });
  }

  #answer({ jobId, identify, open }: Asked): StreamAnswer {
    return {
      kind: 'stream',
      headers,
      open: () => {
        const stream = new EventStream({ internals: this.#internals, jobId, identify, timing: this.#timing });
        this.#audience.add(stream);
        this.#audience.open();
        stream.readable.once('close', () => {
          this.#audience.remove(stream);
          if (this.#audience.size === 0) this.#audience.close();
        });
        open(stream).catch((error: unknown) => stream.readable.destroy(error as Error));
        return stream.readable;
      },
    };
  }

  #watchLog(stream: EventStream, place: LogPlace, identify: Identify): void {
    const { jobId, newestAttempt } = place;
    const { jobs } = this.#audience;
    const { access, models, options } = this.#internals;
    let allowedUntil = Date.now() + this.#timing.rightsMs;
    const viewer = new LogViewer({
      ...place,
      feedOf: (attempt) => jobs.feedOf(jobId, attempt),
      leave: (attempt) => jobs.leaveFeed(jobId, attempt),
      send: (event) => stream.send(event),
      isAllowed: async () => {
        if (Date.now() < allowedUntil) return true;
        allowedUntil = Date.now() + this.#timing.rightsMs;
        const job = await models.Job.findByPk(jobId, withoutProgram);
        const user = await identify();
        return job !== null && user !== null && access.isAllowed(user, 'log:read', job);
      },
      onError: (error) => options.logger.error({ jobId, err: error }, 'a log could not be streamed'),
      onStop: () => stream.end(),
    });
    jobs.add(jobId, viewer);
    viewer.followTo(newestAttempt);
    stream.readable.once('close', () => {
      viewer.stop();
      jobs.remove(jobId, viewer);
    });
    void viewer.run();
  }
}

interface Asked {
  /** null: all that the user may see. */
  jobId: number | null;
  identify: Identify;
  open: (stream: EventStream) => Promise<void>;
}

interface StreamParts extends Omit<Asked, 'open'> {
  internals: Internals;
  timing: StreamTiming;
}

/** One client's stream of events. What waits for it is bounded: chunks by their viewer, states by a number. */
class EventStream implements Listener {
  readonly readable: Readable;
  readonly #parts: StreamParts;
  readonly #waiting: { text: string; taken: () => void }[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.readable = Readable.from(this.#texts(), { objectMode: false });
    const { heartbeatMs, lifeMs } = parts.timing;
    const beat = setInterval(() => {
      if (this.#waiting.length === 0) void this.#put(': \n\n');
    }, heartbeatMs).unref();
    const life = setTimeout(() => this.end(), lifeMs).unref();
    this.readable.once('close', () => {
      clearInterval(beat);
      clearTimeout(life);
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

  wantsStatus(jobId: number): boolean {
    return this.#parts.jobId === null || this.#parts.jobId === jobId;
  }

  async tell(event: StatusEvent, record: AccessRecord): Promise<void> {
    const { identify, internals, jobId } = this.#parts;
    const user = await identify();
    const isAllowed =
      record !== null && user !== null && (await internals.access.isAllowed(user, 'job:read', record));
    if (isAllowed) this.emit('status', event);
    else if (user === null || jobId !== null) this.end();
  }

  async tellRecent(): Promise<void> {
    // A client that comes back is told everything from its place on.
    if (this.#parts.jobId === null) this.end();
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
