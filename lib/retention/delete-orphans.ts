/** Deletes stored files that no result names: those of a worker that died while it stored them. */

import type { Retention } from '../store/prune-attempts.js';
import type { FileStorage, StoredFile } from '../storage/file-storage.js';

const filesAtOnce = 1000;

/**
 * A file is deleted only when the attempt that it belongs to has ended an hour ago or earlier: nobody can add it to the
 * results any more. Files of jobs that are not in this database are left alone.
 * @returns how many were deleted
 */
export async function deleteOrphans(
  retention: Pick<Retention, 'findOrphans'>,
  storage: FileStorage,
): Promise<number> {
  let deleted = 0;
  for await (const files of batches(storage)) {
    const orphans = await retention.findOrphans(files);
    for (const key of orphans) await storage.delete(key);
    deleted += orphans.length;
  }
  return deleted;
}

async function* batches(storage: FileStorage): AsyncGenerator<StoredFile[]> {
  let batch: StoredFile[] = [];
  for await (const file of storage.list?.() ?? []) {
    batch.push(file);
    if (batch.length < filesAtOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
