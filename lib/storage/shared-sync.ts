/** Brings folders to their disk, once for many that wait for it. */

import { open } from 'node:fs/promises';

/** Not every file system can, and on some it needs no such thing. */
const unable = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EPERM', 'EACCES'];

/** What is asked for while a folder is on its way is done with the next one, together. */
export class SharedSync {
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, Promise<void>>();

  /** Resolves when all names that are in the folder now are safe on the disk. */
  sync(folder: string): Promise<void> {
    const waiting = this.#waiting.get(folder);
    if (waiting !== undefined) return waiting;
    const running = this.#running.get(folder) ?? Promise.resolve();
    const next = running.catch(() => undefined).then(() => this.#begin(folder));
    this.#waiting.set(folder, next);
    return next;
  }

  #begin(folder: string): Promise<void> {
    this.#waiting.delete(folder);
    const running = syncFolder(folder).finally(() => {
      if (this.#running.get(folder) === running) this.#running.delete(folder);
    });
    this.#running.set(folder, running);
    return running;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!unable.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
