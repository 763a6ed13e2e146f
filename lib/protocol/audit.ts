/** Who did what: the words of the audit. */

import type { User } from './records.js';

/** What somebody did, or what was seen. */
export const auditActions = [
  'created',
  'changed',
  'deleted',
  'submitted',
  'retried',
  'copied',
  'cancelled',
  'requeued',
  'host_key_seen',
  'host_key_approved',
  'host_key_changed',
  'host_key_forgotten',
  'key_copied',
  'key_deleted',
  'connection_tested',
  'legacy_algorithms_allowed',
  'legacy_algorithms_forbidden',
] as const;

export type AuditAction = (typeof auditActions)[number];

/** Who acts. `id` is null where the host application named nobody. */
export interface Actor {
  id: string | null;
  username: string;
}

/** What an event is about. A machine is known by name and port too: that is how host keys are pinned. */
export type AuditSubject =
  | { subject: 'job' | 'interpreter'; id: number }
  | { subject: 'server'; id: number | null; hostname: string; port: number };

/** An event before it has a time. */
export type AuditEntry = AuditSubject & {
  by: Actor;
  action: AuditAction;
  /** Of a job. */
  attempt?: number;
  /** A few words. Never a secret. */
  detail?: string;
};

/** An event as it is read. */
export interface AuditEvent {
  time: Date;
  userId: string | null;
  username: string;
  action: AuditAction;
  attempt: number | null;
  detail: string | null;
}

/** Where no person is known: host code that names nobody, or a worker. */
export const system: Actor = { id: null, username: 'system' };

/** The person; else the name that the host application gave; else `system`. */
export function actorOf(user: User | undefined, by?: string): Actor {
  if (user) return { id: String(user.id), username: user.username };
  return by === undefined ? system : { id: null, username: by };
}
