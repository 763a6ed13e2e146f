/** A server as it is answered: each property is named here, so that nothing slips out with a new column. */

import type { Access } from '../access.js';
import type { HostKeyStore } from '../store/host-key-store.js';
import type { ServerModel } from '../models/model-types.js';
import { isAllowed, type Call } from './call.js';
import type { ServerAnswer } from '../protocol/schemas/server-schemas.js';

/** A server with its host key, and with those of its interpreters that the caller may see. */
export async function presentServer(
  { access, hostKeys }: { access: Access; hostKeys: Pick<HostKeyStore, 'find'> },
  server: ServerModel,
  call: Call,
): Promise<ServerAnswer> {
  const { id, title, hostname, port, proxyJump, controlDirectory, legacyAlgorithms, scheduler } = server;
  const { transport, allowedUsers, usernames } = server;
  const linked = await server.getInterpreters({ transaction: call.transaction });
  const [key, mayUpdate] = await Promise.all([
    hostKeys.find(hostname, port),
    isAllowed(access, call, { action: 'server:update', record: server }),
  ]);
  const interpreters: { id: number; name: string; path: string }[] = [];
  for (const interpreter of linked.sort((a, b) => a.id - b.id)) {
    const read = { action: 'interpreter:read', record: interpreter } as const;
    if (!(await isAllowed(access, call, read))) continue;
    interpreters.push({ id: interpreter.id, name: interpreter.name, path: interpreter.path });
  }
  return {
    id,
    title,
    hostname,
    port,
    proxyJump,
    interpreterIds: interpreters.map((interpreter) => interpreter.id),
    interpreters,
    ...(mayUpdate ? { controlDirectory, allowedUsers } : {}),
    legacyAlgorithms,
    transport,
    scheduler,
    usernames,
    hostKey: key && { type: key.type, fingerprint: key.fingerprint, isApproved: key.isApproved },
  };
}
