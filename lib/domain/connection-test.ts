/** Tries the way to a server step by step, and says how each went. */

import type { Sequelize } from 'sequelize';
import type { z } from 'zod';
import { requireTestOptions } from '../check-input.js';
import { actorOf } from '../protocol/audit.js';
import { stepWords, type ConnectionReport } from '../protocol/connection-steps.js';
import type { User } from '../protocol/records.js';
import type { Audit } from '../models/audit.js';
import { hopsOf } from '../models/hops.js';
import type { ResolvedOptions } from '../options.js';
import { parseInput } from '../parse-input.js';
import { findServerForKeys, type ServerLookup } from './find-records.js';
import { chooseTestSignIn } from './credentials.js';
import { jumpHostsOf } from './use-rights.js';
import { signInInput } from '../protocol/schemas/connection-schemas.js';
import { tryServer, type TryDependencies } from './try-server.js';

/** How to sign in for a test, and for whom. */
export type TestOptions = z.input<typeof signInInput> & {
  /** The rights of this user are checked (`server:keys`), and the app's own key signs in as this user. */
  as?: User;
  /** Who the audit names where nobody is named with `as`. */
  by?: string;
};

/**
 * Signs in to a server as a job would, and looks for what a job needs there. The credential is used for this alone.
 * @param options without a password and a key, the app's own key signs in
 * @throws NotFoundError, ValidationError, DrsError `credentials_missing`, ForbiddenError `username_not_allowed`: with whom a
 *   submit's own key does not sign in either, a test's does not; with `as` also ForbiddenError `forbidden`
 * @example const { isOk, steps } = await drs.servers.testConnection(server.id, { username: 'ann', password });
 */
export type TestConnection = (serverId: number, options?: TestOptions) => Promise<ConnectionReport>;

interface Dependencies extends ServerLookup, TryDependencies {
  sequelize: Sequelize;
  options: Pick<ResolvedOptions, 'identity' | 'logger' | 'mapUsername'>;
  audit: Audit;
}

export function connectionTest(deps: Dependencies): TestConnection {
  return async (serverId, given = {}) => {
    requireTestOptions(given);
    const { as, by, ...credentials } = given;
    const server = await findServerForKeys(deps, serverId, { as });
    const form = parseInput(credentials, signInInput);
    const jumpHosts = await jumpHostsOf(deps, server);
    const signIn = chooseTestSignIn(deps.options, { server, via: jumpHosts, as, form });
    const via = await hopsOf(deps.sequelize, server.id);
    const interpreters = await server.getInterpreters();
    const steps = await tryServer(deps, { server, via, interpreters, signIn });
    const failed = steps.find(({ isOk }) => !isOk);
    const { id, hostname, port } = server;
    await deps.audit.record({
      subject: 'server',
      id,
      hostname,
      port,
      by: actorOf(as, by),
      action: 'connection_tested',
      detail: failed ? `failed at: ${stepWords[failed.name]}` : 'all steps went well',
    });
    return { isOk: failed === undefined, steps };
  };
}
