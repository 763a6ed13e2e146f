/** Hosts in processes of their own: where they are installed, and where they run, is what they are about. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { atEnd } from '../../../support/cleanup.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const checkout = fileURLToPath(new URL('../../../..', import.meta.url));
const support = 'test/admin/e2e/support';

/**
 * As pnpm installs it and a container runs it: below a folder with a dot, in a working directory that nobody can write
 * to. Node is told to leave links alone, so that every file of the checkout and its packages lies below `.store`.
 */
export async function startBelowDotFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const folder = await temporaryFolder('host');
  const store = join(folder, '.store');
  await mkdir(store);
  const install = join(store, 'app');
  await symlink(checkout, install);
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main'];
  // Nobody writes there, not even root, whom permissions do not stop.
  return start([...flags, ...tsx, join(install, support, 'panel-process.ts')], { cwd: '/proc', env });
}

/** With an AdminJS of its own, which bundles its components into the working directory, and looks for Babel there. */
export async function startWithOwnPanel(env: NodeJS.ProcessEnv): Promise<string> {
  const cwd = await temporaryFolder('host');
  await symlink(join(checkout, 'node_modules'), join(cwd, 'node_modules'));
  // Express 5 does not serve AdminJS's own folder, since its name starts with a dot.
  const own = { NODE_ENV: 'production', ADMIN_JS_TMP_DIR: 'panel-bundle' };
  return start([...tsx, join(checkout, support, 'host-panel-process.mjs')], { cwd, env: { ...env, ...own } });
}

const tsx = ['--import', join(checkout, 'node_modules/tsx/dist/loader.mjs')];

async function start(args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<string> {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let problems = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (problems += text));
  const ended = once(child, 'exit');
  atEnd(async () => {
    child.kill();
    await ended;
  });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) if (line.startsWith('http://')) return line;
  throw new Error(`The host ended before it listened: ${problems}`);
}
