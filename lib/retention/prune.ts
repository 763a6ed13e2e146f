/** Deletes logs and results that are older than anybody wants them. */

import { DrsError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { JobStore } from '../store/job-store.js';
import type { FileStorage } from '../storage/file-storage.js';
import { deleteOrphans } from './delete-orphans.js';

const attemptsAtOnce = 200;
/** A thousand years: PostgreSQL does not count back without end. */
const longestMs = 1000 * 365 * 24 * 60 * 60 * 1000;
const hourMs = 60 * 60 * 1000;
/** Who did what is asked longer than what a program printed. */
const leastAuditMs = 365 * 24 * hourMs;

export interface PruneDependencies {
  store: Pick<JobStore, 'retention'>;
  storage: FileStorage;
}

export interface Pruned {
  attempts: number;
  results: number;
  /** Stored files that no result names. */
  orphans: number;
}

/**
 * Jobs and how their attempts ended stay. The file goes before its row: a prune that is broken off leaves no file
 * that nobody knows of. Who did what stays for a year, or as long as the logs if that is longer.
 * @param olderThanMs since the end of the attempt
 * @throws DrsError `retention_missing`
 */
export async function prune(
  { store: { retention }, storage }: PruneDependencies,
  olderThanMs: number | null,
): Promise<Pruned> {
  if (olderThanMs === null) {
    throw new DrsError(
      'retention_missing',
      'Say how old logs and results must be to be deleted: `olderThanMs`, or the option `retention`.',
      { status: 400 },
    );
  }
  const ageMs = Math.min(olderThanMs, longestMs);
  await retention.deleteAudit(Math.max(ageMs, leastAuditMs));
  const pruned = { attempts: 0, results: 0, orphans: 0 };
  for (;;) {
    const old = await retention.findOld(ageMs, attemptsAtOnce);
    for (const attempt of old) {
      for (const key of attempt.storageKeys) await storage.delete(key);
      await retention.deleteOutput(attempt);
      pruned.results += attempt.storageKeys.length;
    }
    pruned.attempts += old.length;
    if (old.length < attemptsAtOnce) break;
  }
  pruned.orphans = await deleteOrphans(retention, storage);
  return pruned;
}

/** Prunes now and every hour. Returns the function that ends it. */
export function pruneRegularly(deps: PruneDependencies, afterMs: number, logger: Logger): () => void {
  const pruneNow = (): void => {
    prune(deps, afterMs).then(
      (pruned) => logger.debug(pruned, 'Old logs and results were deleted.'),
      (error: unknown) =>
        logger.warn({ err: error }, 'Old logs and results could not be deleted; trying again.'),
    );
  };
  pruneNow();
  const timer = setInterval(pruneNow, hourMs);
  timer.unref();
  return () => clearInterval(timer);
}
