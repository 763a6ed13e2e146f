/** A script of the tests for processes of their own, on the built package: it starts in half the time of tsx. */

import { build, type Plugin } from 'esbuild';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { atEnd } from '../../support/cleanup.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What is imported from `lib` comes from `dist/lib`, which `npm test` builds first. */
const fromBuilt: Plugin = {
  name: 'from-built',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/lib\/.*\.js$/ }, ({ path, resolveDir }) => ({
      path: pathToFileURL(join(root, 'dist', relative(root, join(resolveDir, path)))).href,
      external: true,
    }));
  },
};

/** The path of the script as JavaScript; it is deleted at the end of the run. */
export async function builtScript(script: URL): Promise<string> {
  const name = relative(root, fileURLToPath(script)).replace(/\W/g, '-');
  // From here packages are found.
  const outfile = join(root, 'node_modules/.cache', `${name}-${process.pid}.mjs`);
  const entryPoints = [fileURLToPath(script)];
  const plugins = [fromBuilt];
  await build({
    entryPoints,
    outfile,
    plugins,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  atEnd(() => rm(outfile, { force: true }));
  return outfile;
}
