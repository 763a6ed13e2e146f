/** The script for pages, built once for the whole run. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleClient } from '../../../lib/client/bundle.mjs';
import { atEnd, shared } from '../../support/cleanup.js';

export const clientFile = shared(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drs-client-'));
  atEnd(() => rm(folder, { recursive: true }));
  const file = join(folder, 'client.js');
  await bundleClient(file, { report: () => undefined });
  return file;
});
