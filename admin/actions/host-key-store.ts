/** Host keys as an administrator decides on them. */

import type { Internals } from '../../lib/internals.js';
import { createHostKeys, type PinnedHostKey } from '../../lib/models/host-key-store.js';

interface Machine {
  hostname: string;
  port: number;
}

type Story = Omit<PinnedHostKey, 'key' | 'hostname' | 'port'>;

/** The key of a machine with its story, or null while none is known. */
export async function findHostKey(
  { sequelize }: Internals,
  { hostname, port }: Machine,
): Promise<Story | null> {
  const store = createHostKeys(sequelize);
  const [pinned, all] = await Promise.all([store.find(hostname, port), store.list()]);
  const found = all.find((key) => key.hostname === hostname.toLowerCase() && key.port === port);
  if (!pinned || !found) return null;
  const { type, fingerprint, isApproved, firstSeenAt, approvedAt, approvedBy } = found;
  return { type, fingerprint, isApproved, firstSeenAt, approvedAt, approvedBy };
}

/** Approves or forgets the key that the administrator saw. False when it is not the pinned one any more. */
export async function decideHostKey(
  { sequelize, transports, bus }: Internals,
  { hostname, port }: Machine,
  { decision, fingerprint, by }: { decision: 'approve' | 'forget'; fingerprint: string; by: string },
): Promise<boolean> {
  const store = createHostKeys(sequelize);
  if ((await store.find(hostname, port))?.fingerprint !== fingerprint) return false;
  if (decision === 'approve') return store.approve(hostname, port, by);
  const isForgotten = await store.forget(hostname, port);
  // Warm connections were made under the old key: what comes next, here or in a worker, looks at the host key again.
  transports.ssh.retire({ hostname, port });
  bus.publish({ type: 'retire', hostname, port });
  return isForgotten;
}
