/** `attachSockets(io, drs)`: live statuses and logs over the host's Socket.IO server. */

import type { Server, Socket } from 'socket.io';
import { ForbiddenError, UnauthenticatedError, type DrsError } from '../errors.js';
import type { ViewerSession } from '../live/viewer-session.js';
import { internalsOf } from '../internals.js';
import type { Logger } from '../logger.js';
import type { OriginRule } from '../origins.js';
import type { RemoteSubmission } from '../remote-submission.js';
import { Audience } from '../live/audience.js';
import { Connection } from './connection.js';
import { resolveSocketTiming, type SocketTiming } from './socket-timing.js';

/** The namespace while it is served. */
export interface AttachedSockets {
  /** Disconnects its viewers and leaves the instance. The Socket.IO server itself runs on. */
  close(): void;
}

/**
 * Serves the namespace `/drs`. `identify` is asked about the handshake request: put the host's session middleware on
 * the engine with `io.engine.use(session)`. It is asked again every ten seconds, with the session as it is in its store
 * then; after five minutes at the most the connection is closed, and the client comes back with a new handshake.
 * Handshakes of pages of other sites are refused, unless the option `origins` names them. Make the Socket.IO server with
 * `destroyUpgrade: false` when the host has other WebSocket servers.
 *
 * @param io a Socket.IO server, already listening or not
 * @param drs the instance that `createRemoteSubmission` made, or `router.drs`
 * @param timing in milliseconds, for tests; see `SocketTiming`
 * @returns what ends it again
 * @throws TypeError when `drs` is something else
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
  const { identities, origins } = internals;
  const { logger } = internals.options;
  const times = resolveSocketTiming(timing);
  const namespace = io.of('/drs');
  const audience = new Audience({ ...internals, logger }, times);
  const sessions = new WeakMap<Socket, ViewerSession>();
  namespace.use((socket, next) => {
    const session = audience.createSession(() => identities.identifyAnew(socket.request));
    sessions.set(socket, session);
    void admit({ origins, logger }, { socket, session }, next);
  });
  const connect = (socket: Socket): void => {
    const session = sessions.get(socket);
    if (!session) return void socket.disconnect();
    const connection = new Connection({ socket, session, logger, audience, timing: times });
    socket.on('disconnect', () => connection.close());
  };
  namespace.on('connection', connect);
  audience.open();
  return {
    close() {
      audience.close();
      namespace.off('connection', connect);
      namespace.disconnectSockets();
    },
  };
}

/** Anonymous clients and pages of other sites are refused at the handshake, so that no event of theirs is ever looked at. */
async function admit(
  { origins, logger }: { origins: OriginRule; logger: Logger },
  { socket, session }: { socket: Socket; session: ViewerSession },
  next: (error?: Error) => void,
): Promise<void> {
  try {
    const user = await session.begin();
    if (!user) throw new UnauthenticatedError();
    origins.require(socket.request);
    next();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal) return next(refusal);
    logger.error({ err: error }, 'It cannot be asked who comes: the connection is closed.');
    // A client that is refused gives up; one whose connection ends comes back by itself.
    socket.conn.close();
  }
}

/** What the client gets as `connect_error`; null when it may come again. */
function refusalOf(error: unknown): Error | null {
  if (error instanceof UnauthenticatedError) return refusal(error, {});
  if (error instanceof ForbiddenError) return refusal(error, { detail: error.message });
  return null;
}

function refusal({ code, status }: DrsError, more: { detail?: string }): Error {
  return Object.assign(new Error(code), { data: { code, status, ...more } });
}
