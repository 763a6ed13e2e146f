/** One who watches: what it may see is asked anew, and what it sees is sent to it at its own pace. */

import type { AccessRecord } from '../access.js';
import { attemptOf } from '../domain/attempt-of.js';
import { DrsError, NotFoundError, UnauthenticatedError } from '../errors.js';
import { withoutProgram } from '../domain/find-records.js';
import type { LogEvent, StatusEvent } from '../protocol/events.js';
import type { User } from '../protocol/records.js';
import type { Audience, Listener } from './audience.js';
import { LogViewer } from './log-viewer.js';
import { recentStatuses } from './recent-statuses.js';
import type { ViewerSession } from './viewer-session.js';

/** Logs that one viewer may watch at once. */
const maxLogs = 100;

/** The client of a viewer, whatever connects it. */
export interface ViewerClient {
  sendStatus(event: StatusEvent): void;
  /** Resolves when the client has taken it, rejects when it is silent or gone. */
  sendLog(event: LogEvent): Promise<void>;
  /** Nothing follows of this log: the job is gone, or may not be seen any more. */
  onLogOver?(jobId: number): void;
  /** Called once when its session is over, and nothing more is told: it has to come back. */
  onEnd(): void;
}

/** What a viewer looks at. */
export interface ViewerOptions {
  audience: Audience;
  client: ViewerClient;
  /** Whose it is: somebody who was let in. */
  session: ViewerSession;
}

/** From where a log is watched. */
export interface WatchLogOptions {
  /** Default: the newest. */
  attempt?: number;
  /** The last `seq` that the client has. */
  after: number;
  /** Goes on with each newer attempt. Default: when no attempt is named. */
  isFollowing?: boolean;
}

/** A log that is watched. */
export interface WatchedLog {
  attempt: number;
  /** The last `seq` that is stored. */
  head: number;
  /** Sends what there is, then what comes. */
  begin(): void;
}

/** Watches states and logs for one client. */
export class Viewer implements Listener {
  readonly #options: ViewerOptions;
  readonly #logs = new Map<number, LogViewer>();
  /** How many recent jobs it asked for; 0: it does not watch the list. */
  #recent = 0;
  #isClosed = false;

  constructor(options: ViewerOptions) {
    this.#options = options;
    options.audience.add(this);
    options.session.open(() => {
      this.close();
      options.client.onEnd();
    });
  }

  /** From now on each change of a job that it may see. Resolves to those that changed last. @throws UnauthenticatedError */
  async watchJobs(limit: number): Promise<StatusEvent[]> {
    return this.watchJobsOf(await this.#requireUser(), limit);
  }

  /** The same, where it was asked just now who it is. */
  async watchJobsOf(user: User, limit: number): Promise<StatusEvent[]> {
    this.#recent = limit;
    return recentStatuses(this.#options.audience.dependencies, user, limit);
  }

  /**
   * Watches the log of a job, in the place of what it watched of this job before.
   * @throws UnauthenticatedError, NotFoundError, ForbiddenError, DrsError `too_many_watches`
   */
  async watchLog(jobId: number, options: WatchLogOptions): Promise<WatchedLog> {
    this.unwatchLog(jobId);
    if (this.#logs.size >= maxLogs) throw new DrsError('too_many_watches', 'Too many logs.', { status: 429 });
    const { access, models } = this.#options.audience.dependencies;
    const user = await this.#requireUser();
    const job = await models.Job.findByPk(jobId, withoutProgram);
    if (!job) throw new NotFoundError(`Job ${jobId}`);
    await access.require(user, 'log:read', { record: job, what: `Job ${jobId}` });
    return this.watchLogOf(job, options);
  }

  /** The same, where the right to the log of this job was asked just now. @throws NotFoundError */
  async watchLogOf(job: { id: number; attempt: number }, options: WatchLogOptions): Promise<WatchedLog> {
    const attempt = attemptOf(job, options.attempt);
    const { audience } = this.#options;
    const log = this.#createLog(job.id, { ...options, attempt, isFollowing: isFollowing(options) });
    // Before the end of the log is looked up, so that no change falls in between.
    this.#logs.set(job.id, log);
    audience.jobs.add(job.id, log);
    log.followTo(job.attempt);
    if (this.#isClosed) log.stop();
    try {
      const head = await audience.dependencies.store.logs.lastSeqOf(job.id, attempt);
      return { attempt, head, begin: () => void log.run() };
    } catch (error) {
      log.stop();
      throw error;
    }
  }

  unwatchLog(jobId: number): void {
    this.#logs.get(jobId)?.stop();
  }

  close(): void {
    this.#isClosed = true;
    this.#options.session.close();
    this.#options.audience.remove(this);
    for (const jobId of [...this.#logs.keys()]) this.unwatchLog(jobId);
  }

  wantsStatus(jobId: number): boolean {
    return this.#recent > 0 || this.#logs.has(jobId);
  }

  async tell(event: StatusEvent, record: AccessRecord): Promise<void> {
    const { client, session, audience } = this.#options;
    const { access } = audience.dependencies;
    const { user } = await session.recent();
    const isAllowed = record !== null && user !== null && (await access.isAllowed(user, 'job:read', record));
    if (this.#isClosed) return;
    if (isAllowed) client.sendStatus(event);
    else this.unwatchLog(event.jobId);
  }

  async tellRecent(): Promise<void> {
    if (this.#recent === 0) return;
    const { client, session, audience } = this.#options;
    const { user } = await session.recent();
    if (!user) return;
    const events = await recentStatuses(audience.dependencies, user, this.#recent);
    if (this.#isClosed) return;
    for (const event of events.reverse()) client.sendStatus(event);
  }

  #createLog(jobId: number, start: { attempt: number; after: number; isFollowing: boolean }): LogViewer {
    const { audience, client } = this.#options;
    const log = new LogViewer({
      ...start,
      jobId,
      feedOf: (attempt) => audience.jobs.feedOf(jobId, attempt),
      leave: (attempt) => audience.jobs.leaveFeed(jobId, attempt),
      send: (event) => client.sendLog(event),
      isAllowed: this.#windowOfRights(jobId),
      onError: (err) =>
        audience.dependencies.logger.error({ jobId, err }, 'a log could not be sent to a viewer'),
      onStop: () => this.#forget(jobId, log),
    });
    return log;
  }

  /** Whether it may still see this log, asked once in each window. */
  #windowOfRights(jobId: number): () => Promise<boolean> {
    const { session, audience } = this.#options;
    const { access, models } = audience.dependencies;
    return session.onceAWindow(async (user) => {
      const job = await models.Job.findByPk(jobId, withoutProgram);
      return job !== null && access.isAllowed(user, 'log:read', job);
    });
  }

  #forget(jobId: number, log: LogViewer): void {
    if (this.#logs.get(jobId) === log) this.#logs.delete(jobId);
    this.#options.audience.jobs.remove(jobId, log);
    this.#options.client.onLogOver?.(jobId);
  }

  /** Asked anew for each watch: the host may have ended the session. */
  async #requireUser(): Promise<User> {
    const user = await this.#options.session.now();
    if (!user) throw new UnauthenticatedError();
    return user;
  }
}

function isFollowing({ attempt, isFollowing: given }: WatchLogOptions): boolean {
  return given ?? attempt === undefined;
}
