/** Keeps the rows of a list of jobs as they stand: one request asks for all that are shown. */

import { useEffect, useState } from 'react';
import type { FailureReason, JobStatus } from '../../../lib/protocol/job-status.js';
import { callResource } from './api.js';

/** What changes in a row while it is looked at. */
export interface LiveRow {
  id: number;
  status: JobStatus;
  message: string | null;
  failureReason: FailureReason | null;
  exitCode: number | null;
  signal: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

type Watcher = (row: LiveRow) => void;

const everyMs = 2000;
const watch = createWatch();

/** The job as it stands now; as the list gave it until that is known. */
export function useLiveRow(resourceId: string, given: LiveRow): LiveRow {
  const [row, setRow] = useState<LiveRow | null>(null);
  useEffect(() => watch(resourceId, given.id, setRow), [resourceId, given.id]);
  // What the list brings after an action is newer than what was asked for before it.
  useEffect(() => setRow(null), [given.status, given.startedAt, given.finishedAt]);
  return row ?? given;
}

/** Watchers come and go with the rows; asking begins with the first and ends after the last. */
function createWatch(): (resourceId: string, id: number, watcher: Watcher) => () => void {
  const watchers = new Map<number, Set<Watcher>>();
  let isPlanned = false;

  const ask = async (resourceId: string): Promise<void> => {
    const params = { jobs: [...watchers.keys()].join(',') };
    const { rows } = await callResource<{ rows: LiveRow[] }>({
      resourceId,
      actionName: 'liveRows',
      params,
    });
    for (const row of rows) watchers.get(row.id)?.forEach((tell) => tell(row));
  };
  const plan = (resourceId: string): void => {
    if (isPlanned || watchers.size === 0) return;
    isPlanned = true;
    window.setTimeout(() => {
      const asked = document.hidden || watchers.size === 0 ? Promise.resolve() : ask(resourceId);
      // A list that cannot be asked stays as it is, and is asked again.
      void asked
        .catch(() => undefined)
        .finally(() => {
          isPlanned = false;
          plan(resourceId);
        });
    }, everyMs);
  };

  return (resourceId, id, watcher) => {
    const same = watchers.get(id) ?? new Set();
    watchers.set(id, same.add(watcher));
    plan(resourceId);
    return () => {
      same.delete(watcher);
      if (same.size === 0) watchers.delete(id);
    };
  };
}
