/** The panel in the hosts that people have: from the sign-in to the output of a job. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { openPage } from '../../support/browser.js';
import { atEnd } from '../../support/cleanup.js';
import { testDatabase } from '../../support/postgres.js';
import { testRedis } from '../../support/redis.js';
import { testSecret } from '../../support/instance.js';
import { makeJob, makeServer, ownKey, startBackend, visit, type Backend } from './support/site.js';
import { startHost } from './support/host-app.js';
import { startBelowDotFolder, startWithOwnPanel } from './support/processes.js';
import { createVisitor, type Visitor } from './support/visitor.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describe('the panel', function () {
  this.timeout(180_000);
  let backend: Backend;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    const databaseUrl = await testDatabase();
    backend = await startBackend({ databaseUrl });
    const server = await makeServer(backend);
    await makeJob(backend, { server, title: 'Said so', program: 'echo "attempt ended well"' });
    env = {
      ...process.env,
      DATABASE_URL: databaseUrl,
      REDIS_URL: await testRedis(),
      DRS_SECRET: testSecret,
      DRS_IDENTITY: await keyFile(),
      ADMIN_NAME: backend.admin.username,
    };
  });

  /** From the list on; the way is the same in a host's own panel. */
  const submitOne = async ({ page, row }: Visitor): Promise<void> => {
    await row('Said so').getByText('Said so').click();
    await page.getByTestId('action-submit').click();
    await page.getByRole('button', { name: 'Submit the job' }).click();
    await page.locator('.drs-facts [data-status="success"]').waitFor();
    await page.locator('drs-job-log').getByText('attempt ended well').waitFor();
  };
  const works = async (visitor: Visitor): Promise<void> => {
    const { page } = visitor;
    await page.getByText('Failures of the last day').waitFor();
    await page.locator('[data-css="sidebar"]').getByText('Jobs', { exact: true }).click();
    await submitOne(visitor);
    visitor.expectPeace();
    await page.context().close();
  };
  const visitorOf = async (panel: string): Promise<Visitor> =>
    createVisitor({ panel, watched: await openPage({ viewport: { width: 1280, height: 860 } }) });

  const apps: [string, () => Promise<Express>][] = [
    ['Express 5', async () => express()],
    ['Express 4', async () => ((await import('express4')) as { default: () => Express }).default()],
  ];
  for (const [name, makeApp] of apps) {
    it(`works on ${name}, before body parsers`, async () =>
      works(await visit(backend, { app: await makeApp() })));

    it(`works on ${name}, after body parsers, below a deeper path`, async () => {
      const before = [express.json(), express.urlencoded({ extended: true })];
      await works(await visit(backend, { app: await makeApp(), before, path: '/tools/queue' }));
    });
  }

  it('works where people sign in by its own form, which refuses a wrong password', async () => {
    const { admin } = backend;
    const authenticate = (username: string, password: string) =>
      username === admin.username && password === 'right' ? admin : null;
    const host = await startHost(backend.drs, { options: { signIn: { authenticate, find: () => admin } } });
    atEnd(() => host.stop());
    const visitor = await visitorOf(`${host.url}/admin`);
    const { page } = visitor;
    const signIn = async (password: string): Promise<void> => {
      await page.locator('[name=email]').fill(admin.username);
      await page.locator('[name=password]').fill(password);
      await page.getByRole('button').click();
    };
    await visitor.open('');
    await signIn('wrong');
    await page.getByText('The name or the password is wrong', { exact: false }).waitFor();
    visitor.forgive(/status of 401/);
    await signIn('right');
    await works(visitor);
  });

  it('works from below a folder with a dot, in a working directory that nobody can write to', async () => {
    const visitor = await visitorOf(`${await startBelowDotFolder(env)}/admin`);
    await visitor.signIn(backend.admin.username);
    await works(visitor);
  });

  it("works beside a host's own AdminJS, which shows the same resources with the same looks", async () => {
    const url = await startWithOwnPanel(env);
    const visitor = await visitorOf(`${url}/host`);
    const { page } = visitor;
    await page.goto(`${url}/host/login`);
    await page.locator('[name=email]').fill(backend.admin.username);
    await page.locator('[name=password]').fill('anything');
    await page.getByRole('button').click();
    await page.waitForURL(`${url}/host`);
    await visitor.open('/resources/drs-jobs');
    await submitOne(visitor);
    const badge = page.locator('.drs-facts [data-status="success"]');
    await page.goto(`${url}/admin/resources/drs-jobs`);
    await submitOne({ ...visitor, panel: `${url}/admin` });
    await badge.waitFor();
  });
});

/** The application's own key, as a process reads it. */
async function keyFile(): Promise<string> {
  const path = join(await temporaryFolder('key'), 'key');
  await writeFile(path, ownKey, { mode: 0o600 });
  return path;
}
