import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';
import { until } from './support/until.js';

const pages = { '/log': `${head}<drs-job-log job="42"></drs-job-log>` };

describe('a finished log with a progress bar in <drs-job-log>', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
    server.pageChunks = 100;
    watched = await openPage({ viewport: { width: 800, height: 500 } });
    page = watched.page;
    server.addJob({ id: 42, title: 'Fit', attempt: 1, status: 'success' });
  });

  afterEach(async () => {
    await watched.close();
    await server.stop();
  });

  /** Each row as its number and text. The beginning is loaded once the end is shown. */
  async function shown(): Promise<string[]> {
    await page.route(/\/logs\b.*\bafter=0\b/, async (route) => {
      await page.locator('.row[data-missing]').first().waitFor();
      await route.continue();
    });
    await page.goto(`${server.origin}/log`);
    await page.getByText('one', { exact: true }).waitFor();
    await page.getByText('done', { exact: true }).waitFor();
    return page
      .locator('.rows .row')
      .evaluateAll((rows) =>
        rows.map((row) => ['.number', '.text'].map((part) => row.querySelector(part)?.textContent).join(' ')),
      );
  }

  function printBar(): void {
    for (let percent = 1; percent <= 45; percent += 1) server.print(42, `\rbar ${percent}`);
    server.print(42, '\ndone\n');
  }

  it('has the number of its line, though its end was shown first', async () => {
    server.print(42, 'one\n');
    server.print(42, 'two\n');
    printBar();
    expect(await shown()).to.deep.equal(['1 one', '2 two', '3 bar 45', '4 done']);
    await page.getByText('3', { exact: true }).click();
    await until(() => page.url().endsWith('#L3'));
  });

  it('has empty lines before it that are no missing ones', async () => {
    server.print(42, 'one\n');
    server.print(42, '\n\n');
    printBar();
    expect(await shown()).to.deep.equal(['1 one', '2 ', '3 ', '4 bar 45', '5 done']);
    expect(await page.locator('.row[data-missing]').count()).to.equal(0);
  });
});
