/** `attachSockets(io, drs)`: live statuses and logs over the host's Socket.IO server. */

import type { Namespace, Server, Socket } from 'socket.io';
import type { Announcement, StatusEvent } from '../core/events.js';
import type { AccessRecord } from '../access.js';
import { UnauthenticatedError } from '../errors.js';
import { internalsOf, type Internals } from '../internals.js';
import type { RemoteSubmission } from '../remote-submission.js';
import { Connection } from './connection.js';
import { resolveTiming, type SocketTiming } from './socket-timing.js';
import { WatchedJobs } from './watched-jobs.js';

/** The namespace while it is served. */
export interface AttachedSockets {
  /** Disconnects its viewers and lets go of the instance. The Socket.IO server itself runs on. */
  close(): void;
}

/**
 * Serves the namespace `/drs`. `identify` is asked about the handshake request: put the host's session middleware on
 * the engine with `io.engine.use(session)`. Make the Socket.IO server with `destroyUpgrade: false` when the host has
 * other WebSocket servers.
 *
 * @example
 * const io = new Server(httpServer, { destroyUpgrade: false });
 * io.engine.use(session);
 * attachSockets(io, drs);
 */
export function attachSockets(
  io: Server,
  drs: RemoteSubmission,
  timing: Partial<SocketTiming> = {},
): AttachedSockets {
  const internals = internalsOf(drs);
  const times = resolveTiming(timing);
  const namespace = io.of('/drs');
  const connections = new Set<Connection>();
  const tell = createTeller(internals, connections);
  const jobs = new WatchedJobs(internals, (event) => tell(event));
  namespace.use((socket, next) => void admit(internals, socket, next));
  const connect = (socket: Socket): void => {
    const connection = new Connection({ socket, internals, jobs, timing: times });
    connections.add(connection);
    socket.on('disconnect', () => {
      connections.delete(connection);
      connection.close();
    });
  };
  namespace.on('connection', connect);
  const stop = listen({ internals, jobs, connections, tell, checkMs: times.checkMs });
  return { close: () => close(namespace, connect, stop) };
}

/** Anonymous clients are refused at the door, so that no event of theirs is ever looked at. */
async function admit(internals: Internals, socket: Socket, next: (error?: Error) => void): Promise<void> {
  try {
    const user = await internals.options.identify(socket.request);
    if (!user) throw new UnauthenticatedError();
    next();
  } catch (error) {
    const isAnonymous = error instanceof UnauthenticatedError;
    if (!isAnonymous) internals.options.logger.error({ err: error }, 'a socket could not be identified');
    const data = isAnonymous ? { code: 'unauthenticated', status: 401 } : { code: 'internal', status: 500 };
    next(Object.assign(new Error(data.code), { data }));
  }
}

type Tell = (event: StatusEvent, owner?: string) => void;

/** Tells states one after the other, so that viewers hear of them in order. */
function createTeller(internals: Internals, connections: ReadonlySet<Connection>): Tell {
  let telling: Promise<void> = Promise.resolve();
  return (event, owner) => {
    telling = telling.then(async () => {
      const listeners = [...connections].filter((connection) => connection.wantsStatus(event.jobId));
      if (listeners.length === 0) return;
      try {
        const record = await recordOf(internals, event, owner);
        await Promise.all(listeners.map((connection) => connection.tell(event, record)));
      } catch (error) {
        internals.options.logger.error({ jobId: event.jobId, err: error }, 'a status could not be told');
      }
    });
  };
}

/** What rights are asked about. The default rules look at the owner alone; a host's own rules may look at anything. */
async function recordOf(
  { access, models }: Internals,
  event: StatusEvent,
  owner?: string,
): Promise<AccessRecord> {
  if (access.isDefault && owner !== undefined) return { id: event.jobId, owner };
  return models.Job.findByPk(event.jobId, { attributes: { exclude: ['program'] } });
}

interface Parts {
  internals: Internals;
  jobs: WatchedJobs;
  connections: ReadonlySet<Connection>;
  tell: Tell;
  checkMs: number;
}

function listen({ internals, jobs, connections, tell, checkMs }: Parts): () => void {
  const hear = (announcement: Announcement): void => {
    if (announcement.type === 'log') jobs.announceLog(announcement);
    if (announcement.type !== 'status') return;
    jobs.announceStatus(announcement.event);
    tell(announcement.event, announcement.owner);
  };
  const unsubscribe = internals.bus.subscribe(hear);
  const offReconnect = internals.bus.onReconnect(() => {
    void jobs.check('all');
    for (const connection of connections) void connection.tellRecent();
  });
  const timer = setInterval(() => void jobs.check('active'), checkMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    unsubscribe();
    offReconnect();
  };
}

function close(namespace: Namespace, connect: (socket: Socket) => void, stop: () => void): void {
  stop();
  namespace.off('connection', connect);
  namespace.disconnectSockets();
}
