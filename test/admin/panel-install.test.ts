/** The panel as pnpm installs it, and as a container runs it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import request from 'supertest';
import { testDatabase } from '../support/postgres.js';
import { bundleScripts } from './support/bundle.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

describe('the panel below a folder with a dot, in a working directory that nobody can write to', () => {
  it('starts, and serves its page, its scripts and its components', async () => {
    await bundleScripts();
    const { url, stop } = await startBelowDotFolder();
    try {
      const { text } = await request(url).get('').expect(200);
      expect(text).to.contain('"rootPath":"/admin"');
      for (const name of ['app', 'global', 'design-system', 'components']) {
        await request(url).get(`/frontend/assets/${name}.bundle.js`).expect(200);
      }
    } finally {
      await stop();
    }
  });
});

/** Node is told to leave links alone, so that every file of the checkout and its packages lies below `.store`. */
async function startBelowDotFolder(): Promise<{ url: string; stop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'drs-install-'));
  const store = join(directory, '.store');
  await mkdir(store);
  const install = join(store, 'app');
  await symlink(checkout, install);
  const loader = join(checkout, 'node_modules/tsx/dist/loader.mjs');
  const file = join(install, 'test/admin/support/panel-process.ts');
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main', '--import', loader];
  const child = spawn(process.execPath, [...flags, file], {
    // Nobody writes there, not even root, whom permissions do not stop.
    cwd: '/proc',
    env: { ...process.env, DATABASE_URL: await testDatabase() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const stop = async (): Promise<void> => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(directory, { recursive: true });
  };
  return { url, stop };
}
