/** Builds the scripts for browsers as the package's build does, into the checkout's cache. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleAdmin } from '../../../admin/bundle.mjs';
import { bundleClient } from '../../../lib/client/bundle.mjs';

/** A panel that runs from its source looks for its components there. */
const directory = fileURLToPath(new URL('../../../.cache/admin', import.meta.url));

/** Where `bundleScripts` puts the script that `drsRouter` serves as `/client.js`. */
export const clientScript = join(directory, 'client.js');

export async function bundleScripts(): Promise<void> {
  await Promise.all([bundleAdmin(directory), bundleClient(clientScript, { report: () => undefined })]);
}
