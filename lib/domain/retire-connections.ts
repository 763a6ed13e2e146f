/** Lets warm connections to a machine go, in every process. */

import type { Transaction } from 'sequelize';
import type { Named } from '../protocol/choices.js';
import type { EventBus } from '../queue/event-bus.js';
import { afterCommit } from './transaction.js';
import type { RetiredMachine, Transport } from '../transports/session.js';

/** What hears of it: the connections of this process, and the other processes. */
export interface ConnectionHolders {
  transports: Named<Pick<Transport, 'retire'>>;
  bus: Pick<EventBus, 'publish'>;
}

/**
 * What comes next signs in anew: after a host key was forgotten, or a key removed over there. Scripts under way run on.
 * @param transaction of the change; until its commit nothing is said
 */
export function retireConnections(
  { transports, bus }: ConnectionHolders,
  machine: RetiredMachine,
  transaction?: Transaction,
): void {
  const retire = (): void => {
    for (const transport of Object.values(transports)) transport.retire(machine);
    bus.publish({ type: 'retire', hostname: machine.hostname, port: machine.port });
  };
  if (transaction) afterCommit(transaction, retire);
  else retire();
}
