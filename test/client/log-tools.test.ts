import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';
import { until } from './support/until.js';

const pages = {
  '/log': `${head}<drs-job-log job="42" class="short"></drs-job-log>`,
  '/named': `${head}<drs-job-log job="42" id="left" class="short"></drs-job-log><drs-job-log job="42" id="right" class="short"></drs-job-log>`,
};

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

describe('the tools of <drs-job-log>', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
    watched = await openPage({ viewport: { width: 1280, height: 800 } });
    page = watched.page;
    server.addJob({ id: 42, title: 'Fit', attempt: 1, status: 'running' });
  });

  afterEach(async () => {
    await watched.close();
    await server.stop();
  });

  const selected = () => page.locator('.row[data-selected] a.number').allTextContents();
  const search = () => page.getByRole('searchbox');

  it('opens at the line of the address, marked', async () => {
    server.print(42, numbered(1000));
    await page.goto(`${server.origin}/log#L120`);
    await page.getByText('line 120', { exact: true }).waitFor();
    expect(await selected()).to.deep.equal(['120']);
    await page.getByRole('button', { name: 'Follow' }).waitFor();
  });

  it('has the line of the address in the upper part as soon as enough lines follow it', async () => {
    server.print(42, numbered(120));
    await page.goto(`${server.origin}/log#L120`);
    await page.locator('.row[data-selected]').waitFor();
    server.print(42, numbered(45));
    const place = () => page.locator('.row[data-selected]').boundingBox();
    const scroller = await page.locator('.scroller').boundingBox();
    await until(async () => ((await place())?.y ?? Infinity) < (scroller?.y ?? 0) + 100);
  });

  it('waits for a line of the address that is not printed yet', async () => {
    server.print(42, numbered(3));
    await page.goto(`${server.origin}/log#L200`);
    await page.getByText('line 3', { exact: true }).waitFor();
    server.print(42, numbered(1000));
    await until(async () => (await selected())[0] === '200');
  });

  it('puts a chosen line into the address, and a range with the shift key', async () => {
    server.print(42, numbered(9));
    await page.goto(`${server.origin}/log`);
    await page.locator('a.number', { hasText: '4' }).click();
    expect(new URL(page.url()).hash).to.equal('#L4');
    await page.locator('a.number', { hasText: '6' }).click({ modifiers: ['Shift'] });
    expect(new URL(page.url()).hash).to.equal('#L4-L6');
    expect(await selected()).to.deep.equal(['4', '5', '6']);
    expect(watched.problems).to.deep.equal([]);
  });

  it('keeps the links of two logs on a page apart', async () => {
    server.print(42, numbered(300));
    await page.goto(`${server.origin}/named#right-L20`);
    await page.locator('#right').getByText('line 20', { exact: true }).waitFor();
    expect(await page.locator('#left .row[data-selected]').count()).to.equal(0);
    expect(await page.locator('#right .row[data-selected]').count()).to.equal(1);
  });

  it('counts hits in all rows, and goes round them by keyboard alone', async () => {
    server.print(42, `needle one, needle two\n${numbered(2000)}a NEEDLE at the end\n`);
    await page.goto(`${server.origin}/log`);
    await page.getByText('at the end').waitFor();
    await page.locator('.scroller').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('needle');
    await page.getByText('3 of 3').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 3').waitFor();
    await page.getByText('one, ').waitFor();
    expect(await page.locator('mark').allTextContents()).to.deep.equal(['needle', 'needle']);
    await page.keyboard.press('Enter');
    expect(await page.locator('mark[data-current]').count()).to.equal(1);
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    await page.getByText('3 of 3').waitFor();
    server.print(42, 'one more needle\n');
    await page.getByText('3 of 4').waitFor();
  });

  it('says when nothing is found, and ends the search when the box is empty', async () => {
    server.print(42, numbered(5));
    await page.goto(`${server.origin}/log`);
    await search().fill('(.*');
    await page.getByText('No hit').waitFor();
    await search().fill('');
    await page.getByText('No hit').waitFor({ state: 'hidden' });
  });

  it('goes to a line by its number from the search box', async () => {
    server.print(42, numbered(900));
    await page.goto(`${server.origin}/log`);
    await page.getByText('line 900').waitFor();
    await search().fill(':77');
    await page.keyboard.press('Enter');
    await page.getByText('line 77', { exact: true }).waitFor();
    expect(await selected()).to.deep.equal(['77']);
  });

  it('wraps long lines on demand, and stays at the same line', async () => {
    server.print(42, `${numbered(500)}${'long '.repeat(400)}\n${numbered(500)}`);
    await page.goto(`${server.origin}/log#L501`);
    await page.getByText('long long').first().waitFor();
    const row = page.locator('.row', { hasText: 'long long' });
    expect((await row.boundingBox())?.height).to.equal(20);
    const wrap = page.getByRole('button', { name: 'Wrap' });
    await wrap.click();
    await until(async () => ((await row.boundingBox())?.height ?? 0) > 200);
    const text = await row.locator('.text').evaluate((part) => {
      const lines = document.createRange();
      lines.selectNodeContents(part);
      return new Set([...lines.getClientRects()].map(({ top }) => top)).size;
    });
    expect((await row.boundingBox())?.height).to.equal(text * 20);
    expect(await wrap.getAttribute('aria-pressed')).to.equal('true');
    expect(await page.locator('.scroller').evaluate((part) => part.scrollWidth - part.clientWidth)).to.equal(
      0,
    );
  });

  it('shows when each line came on demand', async () => {
    server.print(42, 'x\n');
    await page.goto(`${server.origin}/log`);
    await page.getByText('x', { exact: true }).waitFor();
    expect(await page.locator('.row time').count()).to.equal(0);
    await page.getByRole('button', { name: 'when each line came' }).click();
    await page.locator('.row time').waitFor();
    expect(await page.locator('.row time').textContent()).to.match(/^\d\d:\d\d:\d\d\.\d{3}$/);
  });

  it('copies all output as plain text', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    server.print(42, `\u001b[31mred\u001b[0m\n${numbered(300)}`);
    await page.goto(`${server.origin}/log`);
    await page.getByText('line 300').waitFor();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).to.equal(`red\n${numbered(300)}`.trimEnd());
  });

  it('fills the screen and goes back', async () => {
    server.print(42, numbered(300));
    await page.goto(`${server.origin}/log`);
    await page.getByRole('button', { name: 'Full screen' }).click();
    await page.waitForFunction(() => document.fullscreenElement?.localName === 'drs-job-log');
    await until(async () => ((await page.locator('.scroller').boundingBox())?.height ?? 0) > 400);
    await page.getByRole('button', { name: 'Full screen' }).click();
    await page.waitForFunction(() => document.fullscreenElement === null);
  });

  it('cancels after a second press, and runs again', async () => {
    await page.goto(`${server.origin}/log`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(server.jobs.get(42)?.status).to.equal('running');
    await page.getByRole('button', { name: 'Really cancel?' }).click();
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByText('Attempt 2').waitFor();
    expect(server.jobs.get(42)).to.include({ status: 'submitted', attempt: 2 });
  });

  it('offers what the server allows alone', async () => {
    const allowed = { update: false, delete: false, submit: false, copy: false, cancel: false };
    server.addJob({ id: 42, title: 'Fit', attempt: 1, status: 'running', allowed });
    await page.goto(`${server.origin}/log`);
    await page.getByText('Nothing printed yet').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel' }).count()).to.equal(0);
    server.setStatus(42, 'success');
    await page.locator('.badge[data-status=success]').waitFor();
    expect(await page.getByRole('button', { name: 'Run again' }).count()).to.equal(0);
  });

  it('hides an action that the server refuses, and says why', async () => {
    server.setStatus(42, 'success');
    server.refuseActions = { status: 403, code: 'forbidden' };
    await page.goto(`${server.origin}/log`);
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByText('It is forbidden.').waitFor();
    expect(await page.getByRole('button', { name: 'Run again' }).count()).to.equal(0);
  });

  it('offers the raw bytes of each stream as downloads', async () => {
    await page.goto(`${server.origin}/log`);
    const link = page.getByRole('link', { name: 'stderr' });
    expect(await link.getAttribute('href')).to.equal(`${server.mount}/jobs/42/log?stream=stderr&attempt=1`);
    expect(await link.getAttribute('download')).to.equal('job-42-1-stderr.txt');
  });
});
