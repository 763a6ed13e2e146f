/** Who did what to a server or an interpreter, kept as it stands. */

import type { ReactElement } from 'react';
import { callResource } from './api.js';
import { AuditList, type AuditEvent } from './audit-list.js';
import { usePolling } from './use-polling.js';

/** The newest events of a record, or why they are not there. */
export function History({ resourceId, recordId }: { resourceId: string; recordId?: string }): ReactElement {
  const { value, error } = usePolling<{ events: AuditEvent[] }>(
    () => callResource({ resourceId, actionName: 'history', params: { record: recordId } }),
    () => 10_000,
  );
  if (error) return <>{error}</>;
  return value ? <AuditList events={value.events} resourceId={resourceId} /> : <>…</>;
}
