/** Old algorithms decide how safe what is sent to a server is: whoever allows or forbids them, the audit has it. */

import type { Sequelize } from 'sequelize';
import { system, type Actor } from '../protocol/audit.js';
import { createAudit } from './audit.js';
import type { Guard } from './guards.js';
import type { ServerModel } from './model-types.js';

/** An option of whatever changes servers: who the audit names. Without it, `system`. */
export interface Acting {
  drsActor?: Actor;
}

/** Writes it down in the transaction of the change. */
export function auditAlgorithms(sequelize: Sequelize): Guard<ServerModel> {
  const audit = createAudit(sequelize);
  return {
    fields: ['legacyAlgorithms'],
    concerns(server, isWritten) {
      if (!isWritten('legacyAlgorithms')) return false;
      return server.isNewRecord ? server.legacyAlgorithms : server.changed('legacyAlgorithms');
    },
    async after(servers, transaction, options) {
      const { drsActor: by = system } = options as Acting;
      for (const { id, hostname, port, title, legacyAlgorithms } of servers) {
        const action = legacyAlgorithms ? 'legacy_algorithms_allowed' : 'legacy_algorithms_forbidden';
        await audit.record({ subject: 'server', id, hostname, port, by, action, detail: title }, transaction);
      }
    },
  };
}
