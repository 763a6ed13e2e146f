/** The servers and interpreters that a form offers. */

import type { User } from '../../lib/protocol/records.js';
import type { PanelContext } from '../resources/context.js';

/** What the person may use: interpreters, and which server has which. */
export async function choices(
  { drs: { models }, access }: PanelContext,
  user: User,
): Promise<{
  servers: { id: number; label: string }[];
  interpreters: { id: number; label: string }[];
  interpretersOfServer: Record<string, number[]>;
}> {
  const [interpreters, servers] = await Promise.all([
    models.Interpreter.findAll({ order: [['name', 'ASC']] }),
    models.Server.findAll({ include: 'interpreters', order: [['title', 'ASC']] }),
  ]);
  const offered: { id: number; label: string }[] = [];
  for (const interpreter of interpreters) {
    if (!(await access.isAllowed(user, 'interpreter:use', interpreter))) continue;
    offered.push({ id: interpreter.id, label: interpreter.toString() });
  }
  const visible: { id: number; label: string }[] = [];
  const interpretersOfServer: Record<string, number[]> = {};
  for (const server of servers) {
    if (!(await access.isAllowed(user, 'server:use', server))) continue;
    visible.push({ id: server.id, label: server.toString() });
    interpretersOfServer[server.id] = (server.interpreters ?? []).map(({ id }) => id);
  }
  return { servers: visible, interpreters: offered, interpretersOfServer };
}
