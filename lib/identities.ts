/** Who sends a request: asked of the host application, then of what this package knows by itself. */

import type { IncomingMessage } from 'node:http';
import { misfitOf, type Misfit } from './protocol/person.js';
import type { User } from './protocol/records.js';
import type { Logger } from './logger.js';
import { withSessionOfNow } from './session-of-now.js';

type Identify = (request: IncomingMessage) => User | null | undefined | Promise<User | null | undefined>;

export interface Identities {
  /** The person at every entry point: REST, sockets, panel. */
  identify(request: IncomingMessage): Promise<User | null>;
  /** The same for a request that goes on: by the host's session as it is now. */
  identifyAnew(request: IncomingMessage): Promise<User | null>;
  /** Another way to know people, asked where the host knows nobody. */
  add(identify: Identify): void;
  /**
   * The person, or null for what is none: without an `id` people would share one owner, "undefined".
   * @param source who gave it, for the log
   * @param id of whom was asked for, where that is known: another person is nobody
   */
  check(given: unknown, source: string, id?: string): User | null;
}

export function createIdentities(host: Identify, logger: Logger): Identities {
  const ways: Identify[] = [host];
  const check = createCheck(logger);
  const identifyBy: Identities['identify'] = async (request) => {
    for (const identify of ways) {
      const user = check(await identify(request), 'identify()');
      if (user) return user;
    }
    return null;
  };
  return {
    check,
    add: (identify) => void ways.push(identify),
    identify: identifyBy,
    identifyAnew: async (request) => identifyBy(await withSessionOfNow(request)),
  };
}

/** Each kind of misfit is an error in the log once: a socket asks many times a minute. */
function createCheck(logger: Logger): Identities['check'] {
  const told = new Set<string>();
  return (given, source, id) => {
    if (!given) return null;
    const misfit = misfitOf(given) ?? (id === undefined ? null : otherPerson(given as User, id));
    if (misfit === null) return given as User;
    const { field, type } = misfit;
    const kind = `${source} ${field} ${type}`;
    const level = told.has(kind) ? 'debug' : 'error';
    told.add(kind);
    const message = `${source} must give { id, username, isAdmin } or null: ${field} was ${type}. This is nobody here.`;
    logger[level]({ field, type }, message);
    return null;
  };
}

function otherPerson({ id }: User, asked: string): Misfit | null {
  return String(id) === asked ? null : { field: 'id', type: 'that of another person' };
}
