import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './cleanup.js';

/** The path of a new, empty folder, which is gone after the last test of the run. */
export async function temporaryFolder(name: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `drs-${name}-`));
  atEnd(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}
