/** node-postgres for Sequelize, without the moment in which a lost connection ends the process. */

import pg from 'pg';

/**
 * Sequelize 6 listens for errors of a connection only some time after the connection is there. A PostgreSQL that shuts
 * down in between would end the whole process. Source: connection-manager.js of its postgres dialect.
 */
class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Nothing is lost: the next query on the connection fails.
    this.on('error', () => {});
  }
}

/** For Sequelize's option `dialectModule`. */
export const steadyPg: object = Object.create(pg, { Client: { value: SteadyClient } }) as object;
