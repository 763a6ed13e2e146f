/** One connected client: what it asks for, and what it is told. */

import type { Socket } from 'socket.io';
import type { z } from 'zod';
import type { AccessRecord, Action } from '../access.js';
import type { LogEvent, StatusEvent } from '../protocol/events.js';
import type { User } from '../protocol/records.js';
import { DrsError, NotFoundError, UnauthenticatedError, ValidationError } from '../errors.js';
import { attemptOf } from '../domain/attempt-of.js';
import type { Internals } from '../internals.js';
import type { Listener } from '../live/audience.js';
import {
  unwatchLog,
  watchJobs,
  watchLog,
  type Reply,
  type WatchLog,
} from '../protocol/schemas/watch-schemas.js';
import { LogViewer } from '../live/log-viewer.js';
import { recentStatuses } from '../live/recent-statuses.js';
import type { SocketTiming } from '../live/live-timing.js';
import type { WatchedJobs } from '../live/watched-jobs.js';
import { withoutProgram } from '../models/without-program.js';

/** Logs that one client may watch at once. */
const maxLogs = 100;
/** Requests of one client that may wait for their turn. */
const maxWaiting = 200;

export interface ConnectionParts {
  socket: Socket;
  internals: Internals;
  jobs: WatchedJobs;
  timing: SocketTiming;
}

export class Connection implements Listener {
  readonly #parts: ConnectionParts;
  readonly #viewers = new Map<number, LogViewer>();
  /** How many recent jobs it asked for; 0: it does not watch the list. */
  #recent = 0;
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#on('watch:jobs', watchJobs, ({ limit }) => this.#watchJobs(limit));
    this.#on('watch:log', watchLog, (wish) => this.#watchLog(wish));
    this.#on('unwatch:log', unwatchLog, ({ jobId }) => this.#unwatch(jobId));
  }

  wantsStatus(jobId: number): boolean {
    return this.#recent > 0 || this.#viewers.has(jobId);
  }

  async tell(event: StatusEvent, record: AccessRecord): Promise<void> {
    const user = await this.#identify();
    const { access } = this.#parts.internals;
    const isAllowed = record !== null && user !== null && (await access.isAllowed(user, 'job:read', record));
    if (isAllowed) this.#parts.socket.emit('status', event);
    else this.#unwatch(event.jobId);
  }

  async tellRecent(): Promise<void> {
    if (this.#recent === 0) return;
    const user = await this.#identify();
    if (!user) return;
    const events = await recentStatuses(this.#parts.internals, user, this.#recent);
    for (const event of events.reverse()) this.#parts.socket.emit('status', event);
  }

  close(): void {
    this.#isClosed = true;
    for (const jobId of [...this.#viewers.keys()]) this.#unwatch(jobId);
  }

  /** Requests of one client are dealt with one after the other; whatever is sent, the process stays up. */
  #on<Schema extends z.ZodType>(
    event: string,
    schema: Schema,
    answer: (body: z.output<Schema>) => Promise<Reply> | Reply,
  ): void {
    this.#parts.socket.on(event, (...received: unknown[]) => {
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

  async #watchJobs(limit: number): Promise<Reply> {
    const user = await this.#require();
    this.#recent = limit;
    return { ok: true, jobs: await recentStatuses(this.#parts.internals, user, limit) };
  }

  /** Viewing begins before the job is looked at, so that no change falls in between; frames begin after the reply. */
  async #watchLog({ jobId, attempt: wanted, after }: WatchLog): Promise<Reply> {
    this.#unwatch(jobId);
    if (this.#viewers.size >= maxLogs)
      throw new DrsError('too_many_watches', 'Too many logs.', { status: 429 });
    const { internals, jobs } = this.#parts;
    const user = await this.#require();
    const job = await internals.models.Job.findByPk(jobId, withoutProgram);
    if (!job) throw new NotFoundError(`Job ${jobId}`);
    await internals.access.require(user, 'log:read', { record: job, what: `Job ${jobId}` });
    const attempt = attemptOf(job, wanted);
    const head = await internals.store.lastSeqOf(jobId, attempt);
    if (this.#isClosed) return { ok: true };
    const viewer = this.#createViewer({ jobId, attempt, after, isFollowing: wanted === undefined });
    this.#viewers.set(jobId, viewer);
    jobs.add(jobId, viewer);
    setImmediate(() => void viewer.run());
    return { ok: true, attempt, head };
  }

  #createViewer(start: { jobId: number; attempt: number; after: number; isFollowing: boolean }): LogViewer {
    const { jobId } = start;
    const { jobs, timing } = this.#parts;
    let allowedUntil = Date.now() + timing.rightsMs;
    return new LogViewer({
      ...start,
      feedOf: (attempt) => jobs.feedOf(jobId, attempt),
      leave: (attempt) => jobs.leaveFeed(jobId, attempt),
      send: (event) => this.#send(event),
      isAllowed: async () => {
        if (Date.now() < allowedUntil) return true;
        allowedUntil = Date.now() + timing.rightsMs;
        return this.#isAllowed('log:read', jobId);
      },
      onError: (error) => this.#report(error),
    });
  }

  /** A client that stays silent is sent away: when it comes back, it says what it has and gets the rest. */
  #send(event: LogEvent): Promise<void> {
    const { socket, timing } = this.#parts;
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

  #unwatch(jobId: number): Reply {
    const viewer = this.#viewers.get(jobId);
    if (viewer) {
      viewer.stop();
      this.#viewers.delete(jobId);
      this.#parts.jobs.remove(jobId, viewer);
    }
    return { ok: true };
  }

  async #isAllowed(action: Action, jobId: number): Promise<boolean> {
    const { access, models } = this.#parts.internals;
    const user = await this.#identify();
    const job = await models.Job.findByPk(jobId, withoutProgram);
    return job !== null && user !== null && access.isAllowed(user, action, job);
  }

  /** Asked anew each time: the host may have ended the session. */
  #identify(): Promise<User | null> {
    const { internals, socket } = this.#parts;
    return internals.identities.identify(socket.request);
  }

  async #require(): Promise<User> {
    const user = await this.#identify();
    if (!user) throw new UnauthenticatedError();
    return user;
  }

  #report(error: unknown): void {
    this.#parts.internals.options.logger.error({ err: error }, 'a socket request failed');
  }
}
