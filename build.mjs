/** Builds dist/ from lib/ and admin/: JavaScript with types, the scripts for servers, and the bundles for browsers. */

import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundleAdmin } from './admin/bundle.mjs';
import { bundleClient } from './lib/client/bundle.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
process.chdir(root);

await rm('dist', { recursive: true, force: true });
const compiler = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

await mkdir('dist/lib/schedulers', { recursive: true });
await cp('lib/schedulers/direct', 'dist/lib/schedulers/direct', { recursive: true });
await bundleClient('dist/client.js');
await bundleAdmin('dist/admin');
await chmod('dist/lib/cli/drs.js', 0o755);
