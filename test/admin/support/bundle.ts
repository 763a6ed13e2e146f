/** Builds the panel's components as the package's build does, into the checkout's cache. */

import { fileURLToPath } from 'node:url';

/** A panel that runs from its source looks for them there. */
export async function bundleAdmin(): Promise<void> {
  const { bundleAdmin: bundle } = (await import('../../../admin/bundle.mjs' as string)) as {
    bundleAdmin(directory: string): Promise<void>;
  };
  await bundle(fileURLToPath(new URL('../../../.cache/admin', import.meta.url)));
}
