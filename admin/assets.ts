/** The scripts, styles and fonts of the panel, all from this host. */

import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Router as AdminRoutes } from 'adminjs';
import { Router } from 'express';
import { DrsError } from '../lib/errors.js';
import { panelStyles } from './styles.js';

/** Serves what AdminJS's pages ask for below `/frontend/assets`. */
export function assetRouter(): Router {
  const router = Router();
  for (const { path, src } of AdminRoutes.assets) {
    // A host's own AdminJS adds themes and its own bundle to this list, which all instances share.
    if (path.includes('/themes/') || path.endsWith('/components.bundle.js')) continue;
    serveFile(router, path, productionFile(src));
  }
  serveFile(router, '/frontend/assets/components.bundle.js', componentBundle());
  router.get('/frontend/assets/drs.css', (_request, response) => {
    response.type('css').set('cache-control', 'no-cache').send(panelStyles);
  });
  router.get('/frontend/assets/drs.ico', (_request, response) => {
    response.type('svg').set('cache-control', 'no-cache').send(icon);
  });
  return router;
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2a4bbd"/>
<path d="M8 10l6 6-6 6M16 22h8" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

function serveFile(router: Router, path: string, file: string): void {
  router.get(path, (_request, response) => {
    // Express 5 refuses files below a folder whose name starts with a dot, and pnpm installs there.
    response.sendFile(basename(file), {
      root: dirname(file),
      dotfiles: 'allow',
      cacheControl: false,
      headers,
    });
  });
}

const headers = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };

/** AdminJS picks 14 MB of development bundles unless NODE_ENV says production; both lie side by side. */
function productionFile(file: string): string {
  const candidate = file.replace(/\.development\.js$/, '.production.js');
  return existsSync(candidate) ? candidate : file;
}

/** The panel's own components: beside this file in the package, in the cache in a checkout. */
function componentBundle(): string {
  const candidates = ['./components.bundle.js', '../.cache/admin/components.bundle.js'];
  const found = candidates
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((file) => existsSync(file));
  if (found) return found;
  throw new DrsError(
    'missing_bundle',
    'The components of the panel were not built. In a checkout run: node admin/bundle.mjs .cache/admin',
  );
}
