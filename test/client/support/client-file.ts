/** The script for pages, built once for the whole run. */

import { join } from 'node:path';
import { bundleClient } from '../../../lib/client/bundle.mjs';
import { shared } from '../../support/cleanup.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

export const clientFile = shared(async () => {
  const folder = await temporaryFolder('client');
  const file = join(folder, 'client.js');
  await bundleClient(file, { report: () => undefined });
  return file;
});
