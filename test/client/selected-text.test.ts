import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';
import { until } from './support/until.js';

const pages = { '/log': `${head}<drs-job-log job="42" class="short"></drs-job-log>` };

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('');

describe('selected text in <drs-job-log>', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
    const permissions = ['clipboard-read', 'clipboard-write'];
    watched = await openPage({ viewport: { width: 1000, height: 700 }, permissions });
    page = watched.page;
    server.addJob({ id: 42, title: 'Fit', attempt: 1, status: 'running' });
  });

  afterEach(async () => {
    await watched.close();
    await server.stop();
  });

  const line = (number: number) => page.getByText(`line ${number}`, { exact: true });
  const height = () => page.locator('.spacer').evaluate((spacer) => spacer.clientHeight);

  async function press(number: number): Promise<void> {
    const { x = 0, y = 0 } = (await line(number).boundingBox()) ?? {};
    await page.mouse.move(x + 9, y + 8);
    await page.mouse.down();
  }

  async function copied(): Promise<string> {
    await page.keyboard.press('Control+c');
    return page.evaluate(() => navigator.clipboard.readText());
  }

  it('stays where it is while output comes, and Follow goes on', async () => {
    server.print(42, numbered(1, 100));
    await page.goto(`${server.origin}/log`);
    await line(100).waitFor();
    await press(95);
    await page.mouse.move(400, ((await line(97).boundingBox())?.y ?? 0) + 8, { steps: 5 });
    await page.mouse.up();
    server.print(42, numbered(101, 400));
    await until(async () => (await height()) === 400 * 20);
    expect(await copied()).to.equal('line 95\nline 96\nline 97');
    await page.getByRole('button', { name: 'Follow' }).click();
    await line(400).waitFor();
    server.print(42, numbered(401, 500));
    await line(500).waitFor();
  });

  it('is copied with the lines that are out of sight', async () => {
    server.print(42, numbered(1, 400));
    await page.goto(`${server.origin}/log#L10`);
    await line(10).waitFor();
    await press(10);
    const { x = 0, y = 0 } = (await page.locator('.scroller').boundingBox()) ?? {};
    await page.mouse.move(x + 300, y + 100);
    await page.mouse.wheel(0, 3000);
    await line(160).waitFor();
    await page.mouse.move(x + 400, ((await line(160).boundingBox())?.y ?? 0) + 8);
    await page.mouse.up();
    expect(await copied()).to.equal(numbered(10, 160).trimEnd());
  });
});
