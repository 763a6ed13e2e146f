import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';
import { until } from './support/until.js';

const pages = {
  '/log': `${head}<drs-job-log job="42" class="short"></drs-job-log>`,
  '/submit': `${head}<drs-job-submit></drs-job-submit>`,
  '/list': `${head}<drs-job-list></drs-job-list>`,
};

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

describe('the elements by keyboard alone', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
    watched = await openPage({ viewport: { width: 1280, height: 800 } });
    page = watched.page;
    server.addJob({ id: 42, title: 'Fit', attempt: 1, status: 'running' });
    server.print(42, numbered(500));
  });

  afterEach(async () => {
    await watched.close();
    await server.stop();
  });

  async function openLog(): Promise<void> {
    await page.goto(`${server.origin}/log`);
    await page.getByText('line 500').waitFor();
  }

  /** What has the focus: its name, and whether that is seen. */
  const focus = () =>
    page.evaluate(() => {
      const active = document.activeElement?.shadowRoot?.activeElement;
      if (!active) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(active);
      const name = active.getAttribute('aria-label') ?? active.textContent;
      return { name, isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 };
    });

  /** All stops of the tab key on the page. */
  async function stops(): Promise<{ name: string | null; isSeen: boolean }[]> {
    const found = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const stop = await focus();
      if (!stop) return found;
      found.push(stop);
    }
  }

  async function goTo(name: string): Promise<void> {
    await until(async () => {
      await page.keyboard.press('Tab');
      return (await focus())?.name?.startsWith(name) ?? false;
    });
  }

  it('every tool of the log is reached in its order, and the focus is seen on each', async () => {
    const file = { jobId: 42, attempt: 1, size: 3, createdAt: '2026-01-01T00:00:00Z' };
    server.results.set(
      42,
      ['fit.json', 'fit.csv'].map((remoteFilename, id) => ({ id, remoteFilename, ...file })),
    );
    server.setStatus(42, 'success');
    await openLog();
    await page.getByText('2 results').waitFor();
    const found = await stops();
    expect(found.map(({ name }) => name)).to.deep.equal([
      'Run again',
      '2 results6 bytes',
      'Download all (.zip)',
      'Search the output, or a colon and a number for a line',
      'Wrap long lines',
      'Show when each line came',
      'Copy the output',
      'Full screen',
      'Output of Fit',
      'stdout',
      'stderr',
    ]);
    expect(found.filter(({ isSeen }) => !isSeen)).to.deep.equal([]);
  });

  it('every tool of the log is used', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openLog();
    await goTo('Wrap');
    await page.keyboard.press('Space');
    await page.locator('.spacer[data-wrap]').waitFor({ state: 'attached' });
    await goTo('Show when');
    await page.keyboard.press('Enter');
    await page.locator('.row time').first().waitFor();
    await goTo('Copy');
    await page.keyboard.press('Enter');
    await page.getByText('Copied', { exact: true }).waitFor();
    await goTo('Full screen');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.fullscreenElement?.localName === 'drs-job-log');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.fullscreenElement === null);
  });

  it('the results are opened', async () => {
    const file = { jobId: 42, attempt: 1, size: 3, createdAt: '2026-01-01T00:00:00Z' };
    server.results.set(
      42,
      ['fit.json', 'fit.csv'].map((remoteFilename, id) => ({ id, remoteFilename, ...file })),
    );
    server.setStatus(42, 'success');
    await openLog();
    await goTo('2 results');
    await page.keyboard.press('Enter');
    await goTo('fit.csv');
    const started = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    await started;
  });

  it('the output is read, left and followed again', async () => {
    await openLog();
    await goTo('Output of Fit');
    await page.keyboard.press('Home');
    await page.getByText('line 1', { exact: true }).waitFor();
    // The browser scrolls there bit by bit.
    await page.waitForFunction(
      () => document.querySelector('drs-job-log')?.shadowRoot?.querySelector('.scroller')?.scrollTop === 0,
    );
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('line 500').waitFor();
    expect((await focus())?.name).to.equal('Output of Fit');
  });

  it('a job is cancelled, with a second press', async () => {
    await openLog();
    await goTo('Cancel');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Really cancel?' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.badge[data-status=cancelled]').waitFor();
  });

  it('a job is chosen in the list', async () => {
    await page.goto(`${server.origin}/list`);
    await page.getByRole('link', { name: 'Fit' }).waitFor();
    const found = await stops();
    expect(found.map(({ name }) => name)).to.deep.equal([
      'Find jobs by a part of their title',
      'Status',
      'Server',
      'Fit',
    ]);
    expect(found.filter(({ isSeen }) => !isSeen)).to.deep.equal([]);
    await goTo('Fit');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.mount}/ui/jobs/42`);
  });

  it('a job is written and submitted', async () => {
    const interpreters = [{ id: 1, name: 'Shell', path: '/bin/sh' }];
    const machine = {
      hostname: 'h',
      port: 22,
      interpreterIds: [],
      proxyJump: null,
      legacyAlgorithms: false,
      transport: 'ssh',
      scheduler: 'direct',
      usernames: 'any' as const,
      hostKey: null,
    };
    server.servers.push({ id: 1, title: 'Cluster', ...machine, interpreters });
    await page.goto(`${server.origin}/submit`);
    await page.locator('option', { hasText: 'Cluster' }).waitFor({ state: 'attached' });
    const fields: (string | null)[] = [];
    while (fields.at(-1) !== 'program') {
      await page.keyboard.press('Tab');
      fields.push(
        await page.evaluate(
          () => document.activeElement?.shadowRoot?.activeElement?.getAttribute('name') ?? '',
        ),
      );
    }
    expect(fields).to.deep.equal(['title', 'server', 'interpreter', 'program']);
    await page.keyboard.type('echo hi');
    await goTo('Submit');
    expect((await focus())?.isSeen).to.equal(true);
    await page.keyboard.press('Enter');
    await page.locator('drs-job-log').getByText('Waiting for a worker').waitFor();
    expect((await focus())?.name).to.equal('← New job');
  });
});
