import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';
import { until } from './support/until.js';

const pages = { '/log': `${head}<drs-job-log job="42" class="short"></drs-job-log>` };

describe('long lines in <drs-job-log>', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
    watched = await openPage({ viewport: { width: 600, height: 800 } });
    page = watched.page;
    server.addJob({ id: 42, title: 'Fit', attempt: 1, status: 'running' });
  });

  afterEach(async () => {
    await watched.close();
    await server.stop();
  });

  async function search(text: string): Promise<void> {
    await page.goto(`${server.origin}/log`);
    await page.getByText('the end').waitFor();
    await page.getByRole('searchbox').fill(text);
  }

  /** True when the hit that the reader is at can be seen. */
  const isInSight = () =>
    page.locator('.scroller').evaluate((scroller) => {
      const mark = scroller.querySelector('mark[data-current]')?.getBoundingClientRect();
      const { top, bottom, left, right } = scroller.getBoundingClientRect();
      return (
        mark !== undefined &&
        mark.top >= top &&
        mark.bottom <= bottom &&
        mark.left >= left &&
        mark.right <= right
      );
    });

  it('are searched to their ends, and each hit is brought into sight', async () => {
    server.print(
      42,
      Array.from({ length: 8 }, (_, index) => `${'x'.repeat(30_000)}needle${index} `).join(''),
    );
    server.print(42, '\nthe end\n');
    await search('needle');
    for (const place of ['1 of 8', '2 of 8', '3 of 8']) {
      await page.getByText(place, { exact: true }).waitFor();
      await until(isInSight);
      await page.keyboard.press('Enter');
    }
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    await page.getByText('8 of 8', { exact: true }).waitFor();
    await until(isInSight);
  });

  it('have hits where one row ends and the next begins', async () => {
    server.print(42, `${'x'.repeat(2045)}needle and a needle\nthe end\n`);
    await search('needle');
    await page.getByText('1 of 2', { exact: true }).waitFor();
    expect(await page.locator('mark[data-current]').textContent()).to.equal('dle');
  });

  it('wrap into rows as high as their text, whatever the fonts make of it', async () => {
    const lines = [
      '\tx'.repeat(40),
      '漢'.repeat(197),
      '✅'.repeat(150),
      'e\u0301'.repeat(200),
      'ascii '.repeat(60),
    ];
    server.print(42, `${lines.join('\n')}\nthe end\n`);
    await page.goto(`${server.origin}/log`);
    await page.getByRole('button', { name: 'Wrap' }).click();
    for (const width of [600, 490, 390, 333]) {
      await page.setViewportSize({ width, height: 800 });
      await page.getByText('the end').waitFor();
      await until(async () => (await gaps()).length > 0 && (await gaps()).every((gap) => gap === 0));
    }
  });

  /** What is between the bottom of each row and the top of the next, where the layout has them. */
  const gaps = () =>
    page.locator('.scroller').evaluate((scroller) => {
      const rows = [...scroller.querySelectorAll('.row')];
      const { bottom } = scroller.querySelector('.spacer')?.getBoundingClientRect() ?? { bottom: 0 };
      const ends = rows.map((row) => {
        const text = document.createRange();
        text.selectNodeContents(row.querySelector('.text') ?? row);
        const lines = new Set([...text.getClientRects()].map(({ top }) => Math.round(top / 10)));
        return row.getBoundingClientRect().height - lines.size * 20;
      });
      return [...ends, Math.round(bottom - (rows.at(-1)?.getBoundingClientRect().bottom ?? 0))];
    });
});
