import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';

const pages = { '/log': `${head}<drs-job-log job="42"></drs-job-log>` };

/** Pieces of output that are meant to do harm, repeated to megabytes without a line end. */
const floods: Record<string, string> = {
  markup: '<img src=x onerror="hacked=1">',
  'colours that never end': '\u001b[31;1m\u001b[48;2;1;2;3mx',
  'control sequences that never end': '\u001b[1;2;3',
  'strings that never end': `\u001b]0;${'x'.repeat(200)}`,
  links: '\u001b]8;;javascript:hacked=1\u0007click\u001b]8;;\u0007',
  NUL: '\u0000',
  'bidi overrides': '\u202e\u2066x',
  'carriage returns': 'abc\r',
  'accents upon accents': `a${'\u0301'.repeat(50)}`,
  'cursor jumps': '\u001b[999999999Gx\u001b[1K\r',
};

describe('hostile output in <drs-job-log>', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  before(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
  });

  beforeEach(async () => {
    server.addJob({ id: 42, title: '<img src=x onerror=alert(1)>', attempt: 0, status: 'running' });
    watched = await openPage({ viewport: { width: 1280, height: 800 } });
    page = watched.page;
  });

  afterEach(() => watched.close());
  after(() => server.stop());

  const texts = () => page.locator('drs-job-log .row .text').allTextContents();

  it('is text, and nothing of it runs', async () => {
    server.setStatus(42, 'running', { attempt: 1 });
    const file = { jobId: 42, attempt: 1, size: 3, createdAt: '2026-01-01T00:00:00Z' };
    server.results.set(42, [{ id: 1, remoteFilename: '<b>x</b>.js', ...file }]);
    const hostile = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">';
    const link = '\u001b]8;;javascript:alert(1)\u0007click\u001b]8;;\u0007';
    server.print(42, `${hostile}\n${link}\n\u202eevil\u0000\n`);
    await page.goto(`${server.origin}/log`);
    await page.getByText('evil').waitFor();
    server.setStatus(42, 'success');
    await page.getByText('<b>x</b>.js').waitFor();
    expect(await texts()).to.deep.equal([hostile, 'click', '‹U+202E›evil␀']);
    expect(await page.locator('drs-job-log').locator('script, img, b').count()).to.equal(0);
    expect(await page.evaluate(() => 'hacked' in window)).to.equal(false);
    expect(watched.problems).to.deep.equal([]);
  });

  it('may be a line of 10 MB', async () => {
    server.setStatus(42, 'running', { attempt: 2 });
    await show('x', 160);
  });

  Object.entries(floods).forEach(([name, piece], index) => {
    it(`may be 1 MB without a line end: ${name}`, async () => {
      server.setStatus(42, 'running', { attempt: 3 + index });
      await show(piece, 16);
      expect(await page.evaluate(() => 'hacked' in window)).to.equal(false);
      expect(watched.problems).to.deep.equal([]);
    });
  });

  /** Prints chunks of 64 KiB without a line end, then opens the page. */
  async function show(piece: string, chunks: number): Promise<void> {
    const chunk = piece.repeat(Math.ceil(65_536 / piece.length));
    for (let part = 0; part < chunks; part += 1) server.print(42, chunk);
    server.print(42, '\u001b\\\nafter it\n');
    const started = Date.now();
    await page.goto(`${server.origin}/log`);
    await page.getByText('after it').waitFor();
    console.log(`        its end is shown after ${Date.now() - started} ms`);
    expect(await page.locator('.row').count()).to.be.lessThan(80);
  }
});
