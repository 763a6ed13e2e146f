import { expect } from 'chai';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import express from 'express';
import { Server } from 'socket.io';
import { bundleClient } from '../../lib/client/bundle.mjs';
import { packageFile } from '../../lib/package-files.js';
import { attachSockets, drsRouter } from '../../lib/index.js';
import { openPage } from '../support/browser.js';
import { atEnd } from '../support/cleanup.js';
import { instance, jobOf, TestAttempt } from './support.js';

describe('the pages in Chromium', () => {
  it('submit a job, and show its state and output as they change', async () => {
    if (!existsSync(packageFile('dist/client.js'))) await bundleClient(packageFile('dist/client.js'));
    const drs = await instance();
    const server = createServer(express().use('/drs', drsRouter(drs)));
    const sockets = new Server(server, { destroyUpgrade: false });
    const attached = attachSockets(sockets, drs);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(async () => {
      attached.close();
      await sockets.close();
    });
    await jobOf(drs, 'ann', 'An older job');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/drs`;
    const { page, problems, close } = await openPage({ extraHTTPHeaders: { 'x-user': 'ann' } });

    await page.goto(`${base}/ui`);
    await page.getByText('An older job').waitFor();
    await page.getByRole('textbox', { name: 'Title' }).fill('From the page');
    await page.getByLabel('Program').fill('print(1)\nprint(2)');
    await page.locator('#new-job button[type=submit]').click();
    await page.waitForURL(/\/ui\/jobs\/\d+$/);
    const jobId = Number(page.url().split('/').at(-1));
    const job = await drs.models.Job.findByPk(jobId, { rejectOnEmpty: true });
    expect(job).to.include({ title: 'From the page', program: 'print(1)\nprint(2)', status: 'submitted' });

    const log = page.locator('drs-job-log');
    await log.getByRole('button', { name: 'Cancel' }).click();
    await log.locator('[part~=cancel]').click();
    await page.locator('button[value=submit]:not([disabled])').waitFor();
    const attempt = await TestAttempt.start(drs, jobId);
    await attempt.print('a line that arrives live\n');
    await page.getByText('a line that arrives live').waitFor();
    await attempt.leave({ 'fit.json': '{}' });
    await attempt.finish();
    await page.getByRole('link', { name: 'fit.json' }).waitFor();
    expect(problems).to.deep.equal([]);
    await close();
  });
});
