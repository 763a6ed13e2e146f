import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile, head } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
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
    server.pageChunks = 1000;
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
  const toTop = () => page.locator('.scroller').evaluate((part) => (part.scrollTop = 0));

  /** 400 chunks of 10 kB: more than is loaded unasked. */
  function printLong(): void {
    for (let chunk = 0; chunk < 400; chunk += 1) server.print(42, numbered(chunk * 125 + 1, 125));
  }

  it('begins at the end, and loads nothing before it unasked', async () => {
    printLong();
    await page.goto(`${server.origin}/log`);
    await row('line 50000 ').waitFor();
    expect(await number('line 50000 ')).to.equal('');
    expect(server.pages).to.deep.equal([]);
    server.print(42, numbered(50001, 1));
    await row('line 50001 ').waitFor();
    expect(watched.problems).to.deep.equal([]);
  });

  it('loads the rest when the reader comes to it, and stays at the same line', async () => {
    printLong();
    await page.goto(`${server.origin}/log`);
    await row('line 50000 ').waitFor();
    await toTop();
    await until(async () => (await number('line 42001 ')) === '42001');
    const inSight = await row('line 42001 ').evaluate((part) => {
      const [own, room] = [part, part.closest('.scroller')].map((one) => one?.getBoundingClientRect());
      return own !== undefined && room !== undefined && own.top > room.top && own.bottom < room.bottom;
    });
    expect(inSight).to.equal(true);
    await toTop();
    await row('line 1 ').waitFor();
    server.print(42, numbered(50001, 1));
    await page.getByRole('button', { name: 'Follow' }).click();
    await until(async () => (await number('line 50001 ')) === '50001');
  });

  it('searches all of it', async () => {
    printLong();
    await page.goto(`${server.origin}/log`);
    await row('line 50000 ').waitFor();
    await page.getByRole('searchbox').fill('line 2 ');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    expect(await number('line 2 ')).to.equal('2');
  });

  it('opens at the line of the address', async () => {
    printLong();
    await page.goto(`${server.origin}/log#L9000`);
    await until(async () => (await number('line 9000 ').catch(() => '')) === '9000');
  });

  it('loads the rest unasked when it is small', async () => {
    for (let chunk = 0; chunk < 200; chunk += 1) server.print(42, numbered(chunk + 1, 1));
    await page.goto(`${server.origin}/log`);
    await until(async () => (await number('line 200 ')) === '200');
  });

  it('shows a million lines from the first to the last', async () => {
    for (let chunk = 0; chunk < 1334; chunk += 1) server.print(42, numbered(chunk * 750 + 1, 750));
    const started = Date.now();
    await page.goto(`${server.origin}/log`);
    await row('line 1000500 ').waitFor();
    const painted = Date.now() - started;
    await toTop();
    await until(async () => (await number('line 952501 ').catch(() => '')) === '952501', 60_000);
    const filled = Date.now() - started - painted;
    await toTop();
    await row('line 1 ').waitFor();
    await page.getByRole('button', { name: 'Follow' }).click();
    await until(async () => (await number('line 1000500 ')) === '1000500');
    const { heapMb, frameMs } = await measure();
    const figures = `first paint ${painted} ms, all of it ${filled} ms later, ${heapMb} MB of heap, ${frameMs} ms a frame`;
    console.log(`      ${figures} while scrolling`);
    expect(heapMb).to.be.lessThan(250);
  });

  /** Memory after a collection, and the median time between frames while the reader scrolls up. */
  async function measure(): Promise<{ heapMb: number; frameMs: number }> {
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = (await session.send('Runtime.getHeapUsage')) as {
      usedSize: number;
      backingStorageSize?: number;
    };
    const frameMs = await page.locator('.scroller').evaluate(async (part) => {
      const times: number[] = [];
      for (let frame = 0; frame < 60; frame += 1) {
        part.scrollTop -= 120;
        times.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)));
      }
      const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      return Math.round(steps.sort((a, b) => a - b)[30] ?? 0);
    });
    return { heapMb: Math.round((usedSize + backingStorageSize) / 1e6), frameMs };
  }
});
