import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';
import { until } from './support/until.js';

const pages = { '/log': `${head}<drs-job-log job="42" class="short"></drs-job-log>` };

/** Lines of 80 bytes, as many as given, with their numbers. */
const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `line ${from + index} `.padEnd(79, '.') + '\n').join('');

describe('a long log in <drs-job-log>', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
    server.pageChunks = 26;
    watched = await openPage({ viewport: { width: 1280, height: 800 } });
    page = watched.page;
    server.addJob({ id: 42, title: 'Fit', attempt: 1, status: 'running' });
  });

  afterEach(async () => {
    await watched.close();
    await server.stop();
  });

  const row = (text: string) => page.locator('.row', { hasText: `${text}.` });
  const number = (text: string) => row(text).locator('.number').textContent();
  const scrollTo = (part: number) =>
    page.locator('.scroller').evaluate((scroller, share) => {
      scroller.scrollTop = scroller.scrollHeight * share;
    }, part);

  /** 400 chunks of 10 kB: more than is loaded unasked. */
  function printLong(): void {
    for (let chunk = 0; chunk < 400; chunk += 1) server.print(42, numbered(chunk * 125 + 1, 125));
  }

  async function openAtEnd(): Promise<void> {
    printLong();
    await page.goto(`${server.origin}/log`);
    await row('line 50000 ').waitFor();
  }

  it('begins at the end, with the right numbers, and loads nothing before it unasked', async () => {
    await openAtEnd();
    expect(await number('line 50000 ')).to.equal('50000');
    expect(server.pages).to.deep.equal([]);
    server.print(42, numbered(50001, 1));
    await row('line 50001 ').waitFor();
    expect(watched.problems).to.deep.equal([]);
  });

  it('loads what the reader scrolls to, and no more', async () => {
    await openAtEnd();
    await scrollTo(0);
    await row('line 1 ').waitFor();
    expect(await number('line 2 ')).to.equal('2');
    await scrollTo(0.5);
    await row('line 25001 ').waitFor();
    expect(await number('line 25001 ')).to.equal('25001');
    expect(server.pages.length).to.be.within(2, 4);
    await page.getByRole('button', { name: 'Follow' }).click();
    server.print(42, numbered(50001, 1));
    await until(async () => (await number('line 50001 ')) === '50001');
  });

  it('stays at the same line while what is before it comes', async () => {
    await openAtEnd();
    await page.locator('.scroller').hover();
    for (let turn = 0; turn < 60; turn += 1) await page.mouse.wheel(0, -2000);
    const top = () =>
      page.locator('.scroller').evaluate((scroller) => {
        const { top } = scroller.getBoundingClientRect();
        const rows = [...scroller.querySelectorAll('.row')];
        return rows.find((one) => one.getBoundingClientRect().bottom > top + 1)?.querySelector('.number')
          ?.textContent;
      });
    await until(async () => (await page.locator('.row[data-missing]').count()) === 0);
    const before = await top();
    server.print(42, numbered(50001, 1));
    await until(
      async () => (await page.locator('.spacer').evaluate((part) => part.clientHeight)) === 50_001 * 20,
    );
    expect(await top()).to.equal(before);
    const shown = await page
      .locator('.row')
      .evaluateAll((rows) =>
        rows.map((one) => [
          one.querySelector('.number')?.textContent,
          one.querySelector('.text')?.textContent?.split(' ')[1],
        ]),
      );
    expect(shown.filter(([line, text]) => line !== text)).to.deep.equal([]);
  });

  it('opens at the line of the address', async () => {
    printLong();
    await page.goto(`${server.origin}/log#L9000`);
    await until(async () => (await number('line 9000 ').catch(() => '')) === '9000');
    expect(await page.locator('.row[data-selected] .number').textContent()).to.equal('9000');
    expect(server.pages.length).to.be.within(1, 3);
  });

  it('searches all of it on the server, and goes to hits that are not loaded', async () => {
    await openAtEnd();
    await page.getByRole('searchbox').fill('line 250');
    await page.getByText('of 111', { exact: false }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 111', { exact: true }).waitFor();
    await page.locator('mark[data-current]').waitFor();
    expect(await number('line 250 ')).to.equal('250');
    await page.keyboard.press('Enter');
    await until(async () => (await number('line 2500 ').catch(() => '')) === '2500');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    await page.getByText('111 of 111', { exact: true }).waitFor();
    await until(async () => (await number('line 25099 ').catch(() => '')) === '25099');
    expect(server.searches).to.deep.equal(['line 250 after 0']);
    server.print(42, 'one more line 250\n');
    await page.getByText('111 of 112', { exact: true }).waitFor();
    expect(server.searches.at(-1)).to.equal('line 250 after 400');
  });

  it('says when a search fails, and goes on with it when more is printed', async () => {
    await openAtEnd();
    await page.route('**/search?*', (route) => route.abort());
    await page.getByRole('searchbox').fill('line 250');
    await page.getByText('Search failed').waitFor();
    await page.unroute('**/search?*');
    server.print(42, numbered(50001, 1));
    await page.getByText('111', { exact: true }).waitFor();
  });

  it('loads the rest unasked when it is small', async () => {
    for (let chunk = 0; chunk < 200; chunk += 1) server.print(42, numbered(chunk + 1, 1));
    await page.goto(`${server.origin}/log`);
    await until(() => server.pages.length >= 7);
    await scrollTo(0);
    await row('line 1 ').waitFor();
    await page.getByRole('searchbox').fill('line 2 ');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    expect(server.searches).to.deep.equal([]);
  });

  it('says when output cannot be loaded, and tries again on demand', async () => {
    await openAtEnd();
    server.failPages = true;
    await scrollTo(0);
    await page.getByText('Output could not be loaded: It is internal.').waitFor();
    expect(await page.locator('.row[data-missing] .number').first().textContent()).to.equal('1');
    server.failPages = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await row('line 1 ').waitFor();
    await page.getByText('Output could not be loaded').waitFor({ state: 'hidden' });
  });

  it('copies all of it, what is not loaded too', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    server.pageChunks = 1000;
    await openAtEnd();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).to.equal(numbered(1, 50_000).trimEnd());
  });

  it('shows a million lines from the first to the last', async () => {
    for (let chunk = 0; chunk < 1334; chunk += 1) server.print(42, numbered(chunk * 750 + 1, 750));
    server.pageChunks = 5;
    const started = Date.now();
    await page.goto(`${server.origin}/log`);
    await row('line 1000500 ').waitFor();
    const painted = Date.now() - started;
    await scrollTo(0);
    await row('line 1 ').waitFor();
    await page.getByRole('searchbox').fill(':500000');
    await page.keyboard.press('Enter');
    await until(async () => (await number('line 500000 ').catch(() => '')) === '500000');
    const { heapMb, frameMs } = await measure();
    console.log(
      `      first paint ${painted} ms, ${heapMb} MB of heap, ${frameMs} ms a frame while scrolling`,
    );
    expect(heapMb).to.be.lessThan(250);
    await page.getByRole('button', { name: 'Follow' }).click();
    await until(async () => (await number('line 1000500 ')) === '1000500');
  });

  /** Memory after a collection, and the median time between frames while the reader scrolls up. */
  async function measure(): Promise<{ heapMb: number; frameMs: number }> {
    const session = await page.context().newCDPSession(page);
    const frameMs = await page.locator('.scroller').evaluate(async (part) => {
      const times: number[] = [];
      for (let frame = 0; frame < 240; frame += 1) {
        part.scrollTop -= 120;
        times.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)));
      }
      const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      return Math.round(steps.sort((a, b) => a - b)[120] ?? 0);
    });
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = (await session.send('Runtime.getHeapUsage')) as {
      usedSize: number;
      backingStorageSize?: number;
    };
    return { heapMb: Math.round((usedSize + backingStorageSize) / 1e6), frameMs };
  }
});
