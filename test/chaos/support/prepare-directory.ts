/** A working directory that holds something before the start. */

import { lchown, mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SshdUser } from '../../support/sshd.js';
import { longAgo } from './acts.js';
import type { KnownProgram } from './program.js';

/** Makes the remote directory of a job, as test jobs have it, if its program wants files there. */
export async function prepareDirectory(
  { home, uid, gid }: SshdUser,
  jobId: number,
  { before }: KnownProgram,
): Promise<void> {
  const directory = join(home, 'drs-test', String(jobId));
  for (const [name, content] of before) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await utimes(path, longAgo, longAgo);
    for (let entry = path; entry !== home; entry = dirname(entry)) await lchown(entry, uid, gid);
  }
}
