/** node-postgres for Sequelize, without the moment in which a lost connection ends the process. */

import pg from 'pg';
import type { Sequelize } from 'sequelize';

type Client = typeof pg.Client;

/** The part of Sequelize 6's connection manager that is used here. */
interface ConnectionManager {
  lib?: { Client?: Client };
  [isResilient]?: true;
}

const isResilient = Symbol.for('express-remote-submission.resilient');

/**
 * Sequelize 6 listens for errors of a connection only some time after the connection is there. A PostgreSQL that shuts
 * down in between would end the whole process. Source: connection-manager.js of its postgres dialect.
 */
function resilient(client: Client): Client {
  return new Proxy(client, {
    construct(target, args: unknown[], newTarget): pg.Client {
      const made = Reflect.construct(target, args, newTarget) as pg.Client;
      // Nothing is lost: the next query on the connection fails.
      return made.on('error', () => {});
    },
  });
}

/** For Sequelize's option `dialectModule`. */
export const resilientPg: object = Object.create(pg, { Client: { value: resilient(pg.Client) } }) as object;

/** The same for an instance that somebody else made. One that is built otherwise than expected is left as it is. */
export function makeResilient(sequelize: Sequelize): void {
  const { connectionManager: manager } = sequelize as unknown as { connectionManager?: ConnectionManager };
  if (sequelize.getDialect() !== 'postgres' || typeof manager?.lib?.Client !== 'function') return;
  if (manager[isResilient]) return;
  manager.lib = Object.create(manager.lib, {
    Client: { value: resilient(manager.lib.Client) },
  }) as ConnectionManager['lib'];
  manager[isResilient] = true;
}
