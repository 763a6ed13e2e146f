/** Who did what, newest first. */

import { useTranslation } from 'adminjs';
import type { ReactElement } from 'react';
import { Ago } from './status.js';

/** One thing that somebody did. */
export interface AuditEvent {
  time: string;
  username: string;
  action: string;
  attempt: number | null;
  detail: string | null;
}

const actionLabels: Record<string, string> = {
  created: 'made it',
  changed: 'changed it',
  deleted: 'deleted it',
  submitted: 'submitted it',
  retried: 'ran it again',
  copied: 'copied it to the server',
  cancelled: 'cancelled it',
  requeued: 'gave it to the workers again',
  host_key_seen: 'saw its host key for the first time',
  host_key_approved: 'approved its host key',
  host_key_changed: 'was shown another host key',
  host_key_forgotten: 'forgot its host key',
  key_copied: 'copied the key there',
  key_deleted: 'deleted the key there',
  connection_tested: 'tested the connection',
  legacy_algorithms_allowed: 'allowed old algorithms there',
  legacy_algorithms_forbidden: 'forbade old algorithms there',
};

/** @param props.resourceId what the record is one of: its words are those of the forms */
export function AuditList({
  events,
  resourceId,
}: {
  events: AuditEvent[];
  resourceId: string;
}): ReactElement {
  const { translateProperty } = useTranslation();
  const detailOf = ({ action, detail }: AuditEvent): string => {
    if (!detail) return '';
    if (action !== 'changed') return `, ${detail}`;
    return `: ${detail
      .split(', ')
      .map((name) => translateProperty(name, resourceId))
      .join(', ')}`;
  };
  if (events.length === 0) return <p className="drs-muted">Nothing is known yet.</p>;
  return (
    <ul className="drs-rows" data-testid="audit">
      {events.map((event, index) => (
        <li key={index}>
          <strong>{event.username}</strong> {actionLabels[event.action] ?? event.action}
          {event.attempt === null ? '' : ` (attempt ${event.attempt})`}
          <div className="drs-muted">
            <Ago time={event.time} />
            {detailOf(event)}
          </div>
        </li>
      ))}
    </ul>
  );
}
