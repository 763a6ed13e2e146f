/** Host keys as an administrator decides on them. */

import { actorOf } from '../../lib/core/audit.js';
import type { User } from '../../lib/core/records.js';
import type { Internals } from '../../lib/internals.js';
import { createHostKeys, type PinnedHostKey } from '../../lib/models/host-key-store.js';
import { rowsOf } from '../../lib/models/run-query.js';

interface Machine {
  hostname: string;
  port: number;
}

type Story = Omit<PinnedHostKey, 'key' | 'hostname' | 'port'> & {
  /** The key that the machine showed in its place, and when; null when it showed none. */
  changed: { shown: string; time: Date } | null;
};

const newestSql = `SELECT action, detail AS shown, time FROM drs_audit
  WHERE hostname = $1 AND port = $2 AND action LIKE 'host_key_%' ORDER BY id DESC LIMIT 1`;

/** The key of a machine with its story, or null while none is known. */
export async function findHostKey(
  { sequelize }: Internals,
  { hostname, port }: Machine,
): Promise<Story | null> {
  const store = createHostKeys(sequelize);
  const bind = [hostname.toLowerCase(), port];
  const [pinned, all, [newest]] = await Promise.all([
    store.find(hostname, port),
    store.list(),
    rowsOf<{ action: string; shown: string; time: Date }>(sequelize, { sql: newestSql, bind }),
  ]);
  const found = all.find((key) => key.hostname === hostname.toLowerCase() && key.port === port);
  if (!pinned || !found) return null;
  const { type, fingerprint, isApproved, firstSeenAt, approvedAt, approvedBy } = found;
  const changed = newest?.action === 'host_key_changed' ? { shown: newest.shown, time: newest.time } : null;
  return { type, fingerprint, isApproved, firstSeenAt, approvedAt, approvedBy, changed };
}

/** Approves or forgets the key that the administrator saw. False when it is not the pinned one any more. */
export async function decideHostKey(
  { sequelize, transports, bus }: Internals,
  { hostname, port }: Machine,
  { decision, fingerprint, by }: { decision: 'approve' | 'forget'; fingerprint: string; by: User },
): Promise<boolean> {
  const store = createHostKeys(sequelize);
  if ((await store.find(hostname, port))?.fingerprint !== fingerprint) return false;
  if (decision === 'approve') return store.approve(hostname, port, actorOf(by));
  const isForgotten = await store.forget(hostname, port, actorOf(by));
  // Warm connections were made under the old key: what comes next, here or in a worker, looks at the host key again.
  transports.ssh.retire({ hostname, port });
  bus.publish({ type: 'retire', hostname, port });
  return isForgotten;
}
