import { expect } from 'chai';
import type { CDPSession, Page } from 'playwright-core';
import { jobOf, TestAttempt } from '../http/support.js';
import { openPage, type WatchedPage } from '../support/browser.js';
import { startPortal, type Portal } from './support/portal.js';
import { until } from './support/until.js';

const noConnection = 'No connection. Trying again; nothing will be missing.';

/** Prints a numbered line at a time, each a chunk of its own, until it is stopped. */
class Printer {
  printed = 0;
  #isStopped = false;
  readonly #end: Promise<void>;

  constructor(readonly attempt: TestAttempt) {
    this.#end = this.#run();
  }

  get lines(): string[] {
    return Array.from({ length: this.printed }, (_, index) => `line ${index + 1}`);
  }

  /** Resolves when so many more lines are stored. */
  more(count: number): Promise<void> {
    const wanted = this.printed + count;
    return until(() => this.printed >= wanted);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#end;
    await this.attempt.finish();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      await this.attempt.print(`line ${this.printed + 1}\n`);
      this.printed += 1;
    }
  }
}

describe('<drs-job-log> in Chromium with the real routes and sockets', () => {
  let portal: Portal;
  let watched: WatchedPage;
  let page: Page;

  before(async () => {
    portal = await startPortal();
  });

  beforeEach(async () => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    watched = await openPage({ viewport: { width: 1000, height: 600 }, permissions });
    page = watched.page;
  });

  afterEach(() => watched.close());

  const start = async () => TestAttempt.start(portal.drs, (await jobOf(portal.drs, 'ann')).id);
  const open = ({ claim }: TestAttempt, on = page) => on.goto(`${portal.origin}/logs/${claim.jobId}`);
  const line = (number: number, on = page) => on.getByText(`line ${number}`, { exact: true });
  const isOver = (on = page) => on.locator('.badge[data-status=success]').waitFor();
  const announced = (words: string) => page.locator('.unseen[role=status]', { hasText: words }).waitFor();

  /** All lines, by the button that copies them. */
  async function copied(on = page): Promise<string[]> {
    await on.bringToFront();
    await on.getByRole('button', { name: 'Copy' }).click();
    await on.getByText('Copied', { exact: true }).waitFor();
    return (await on.evaluate(() => navigator.clipboard.readText())).split('\n');
  }

  it('misses and repeats nothing when the server is killed and started again in mid-log', async () => {
    const printer = new Printer(await start());
    await open(printer.attempt);
    await until(async () => (await page.locator('.row').count()) > 10);
    await portal.kill();
    await page.getByText(noConnection).waitFor();
    await printer.more(50);
    await portal.start();
    await page.getByText(noConnection).waitFor({ state: 'hidden' });
    await announced('Connected again.');
    await printer.more(50);
    await printer.stop();
    await isOver();
    expect(await copied()).to.deep.equal(printer.lines);
  });

  it('misses and repeats nothing when the network goes off and comes on', async () => {
    const printer = new Printer(await start());
    await open(printer.attempt);
    await until(async () => (await page.locator('.row').count()) > 10);
    await page.context().setOffline(true);
    await page.getByText(noConnection).waitFor();
    await printer.more(50);
    await page.context().setOffline(false);
    await page.getByText(noConnection).waitFor({ state: 'hidden' });
    await printer.more(50);
    await printer.stop();
    await isOver();
    expect(await copied()).to.deep.equal(printer.lines);
  });

  it('is not slowed by another viewer on a slow line', async () => {
    const attempt = await start();
    const slow = await openPage();
    await Promise.all([open(attempt), open(attempt, slow.page)]);
    await Promise.all([page, slow.page].map((on) => on.getByText('Nothing printed yet').waitFor()));
    const session = await slow.page.context().newCDPSession(slow.page);
    await throttle(session, 150_000);
    const megabyte = Array.from({ length: 40 }, () => `${'x'.repeat(25_000)}\n`);
    await attempt.print(...megabyte, 'line 1\n');
    await line(1).waitFor();
    await slow.page.locator('.row').first().waitFor();
    expect(await line(1, slow.page).count()).to.equal(0);
    await throttle(session, -1);
    await line(1, slow.page).waitFor();
    await slow.close();
  });

  it('gets the end of a long log alone, and what is before it when the reader goes there', async () => {
    const attempt = await start();
    for (let part = 0; part < 10; part += 1) {
      const chunk = (index: number) => `line ${part * 40 + index} ${'.'.repeat(10_000)}\n`;
      await attempt.print(...Array.from({ length: 40 }, (_, index) => chunk(index + 1)));
    }
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    let received = 0;
    session.on('Network.webSocketFrameReceived', ({ response }) => {
      received += response.payloadData.length;
    });
    await open(attempt);
    await page.getByText('line 400 ').waitFor();
    expect(received).to.be.lessThan(1_000_000);
    await page.locator('.scroller').focus();
    await until(async () => {
      await page.keyboard.press('Home');
      return (await page.getByText('line 1 ').count()) > 0;
    });
    expect(watched.problems).to.deep.equal([]);
  });

  it('goes on over plain HTTP where sockets are blocked', async () => {
    await page.route('**/socket.io/**', (route) => route.abort());
    await page.routeWebSocket('**/socket.io/**', (socket) => socket.close());
    const attempt = await start();
    await attempt.print('line 1\n');
    await open(attempt);
    await line(1).waitFor();
    await attempt.print('line 2\n');
    await line(2).waitFor();
    await page.getByText(noConnection).waitFor({ state: 'hidden' });
    await attempt.finish();
    await isOver();
    expect(await copied()).to.deep.equal(['line 1', 'line 2']);
  });

  it('works twice on a page, for the same job too', async () => {
    const attempt = await start();
    await attempt.print('line 1\n');
    await page.goto(`${portal.origin}/logs/${attempt.claim.jobId},${attempt.claim.jobId}`);
    await until(async () => (await line(1).count()) === 2);
    await attempt.print('line 2\n');
    await until(async () => (await line(2).count()) === 2);
    await attempt.finish();
    await until(async () => (await page.locator('.badge[data-status=success]').count()) === 2);
    expect(watched.problems).to.deep.equal([]);
  });
});

/** Bytes a second that come in; -1: as many as there are. */
async function throttle(session: CDPSession, downloadThroughput: number): Promise<void> {
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput,
    uploadThroughput: -1,
  });
}
