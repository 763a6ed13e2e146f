import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';
import { until } from './support/until.js';

const pages = {
  '/log': `${head}<drs-job-log job="42"></drs-job-log>`,
  '/short': `${head}<drs-job-log job="42" class="short"></drs-job-log>`,
  '/two': `${head}<drs-job-log job="42"></drs-job-log><drs-job-log job="43"></drs-job-log><drs-job-list></drs-job-list>`,
  '/none': `${head}<drs-job-log job="7"></drs-job-log><drs-job-log job="x"></drs-job-log>`,
  '/list': `${head}<drs-job-list limit="3"></drs-job-list>`,
};

describe('the elements in Chromium under a strict Content-Security-Policy', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
    watched = await openPage({ viewport: { width: 1280, height: 800 } });
    page = watched.page;
  });

  afterEach(async () => {
    await watched.close();
    await server.stop();
  });

  const rows = (): Locator => page.locator('drs-job-log .row .text');
  const texts = () => rows().allTextContents();

  it('shows lines as they come, the state, and the end, without a problem in the console', async () => {
    server.addJob({ id: 42, title: 'Reflectivity fit', attempt: 1, status: 'submitted' });
    await page.goto(`${server.origin}/log`);
    await page.getByText('Waiting for a worker').waitFor();
    server.setStatus(42, 'running', { startedAt: new Date().toISOString() });
    server.print(42, 'step 1\nstep 2\n');
    await page.getByText('step 2').waitFor();
    server.print(42, 'careful\n', 'stderr');
    await page.getByText('careful').waitFor();
    expect(await texts()).to.deep.equal(['step 1', 'step 2', 'careful']);
    expect(await page.locator('.row[data-stream=stderr] .mark').textContent()).to.equal('err');
    server.setStatus(42, 'failure', { failureReason: 'exit', exitCode: 3 });
    await page.getByText('The program ended with exit code 3.', { exact: true }).waitFor();
    expect(await page.locator('drs-job-log .badge .word').textContent()).to.equal('Failure');
    expect(watched.problems).to.deep.equal([]);
  });

  it('fires drs-status at each change and drs-end when all output is there', async () => {
    server.addJob({ id: 42, attempt: 1, status: 'running' });
    await page.goto(`${server.origin}/log`);
    await page.locator('drs-job-log .badge').waitFor();
    await page.evaluate(() => {
      const heard: unknown[] = [];
      Object.assign(window, { heard });
      for (const name of ['drs-status', 'drs-end']) {
        document.addEventListener(name, (event) => heard.push([name, (event as CustomEvent).detail.status]));
      }
    });
    server.print(42, 'x\n');
    server.setStatus(42, 'success');
    const heard = () => page.evaluate(() => (window as unknown as { heard: unknown[] }).heard);
    await until(async () => (await heard()).length === 2);
    expect(await heard()).to.deep.equal([
      ['drs-status', 'success'],
      ['drs-end', 'success'],
    ]);
  });

  it('shows colours, and a progress bar in one line', async () => {
    server.addJob({ id: 42, attempt: 1, status: 'running' });
    for (const percent of [10, 50, 100])
      server.print(42, `\r\u001b[32m${'#'.repeat(percent / 10)}\u001b[0m ${percent} %`);
    server.print(42, '\n\u001b[38;2;200;30;30mtrue\u001b[0m \u001b[44;97mground\u001b[0m\n');
    await page.goto(`${server.origin}/log`);
    await page.getByText('ground').waitFor();
    expect(await texts()).to.deep.equal(['########## 100 %', 'true ground']);
    expect(await page.locator('.c2').textContent()).to.equal('##########');
    const ground = await page.getByText('ground').evaluate((span) => getComputedStyle(span).backgroundColor);
    expect(ground).to.equal('rgb(31, 87, 200)');
    expect(watched.problems).to.deep.equal([]);
  });

  it('follows the end until the reader scrolls up, and goes back by its button', async () => {
    server.addJob({ id: 42, attempt: 1, status: 'running' });
    const print = (from: number, to: number) => {
      server.print(42, Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join(''));
    };
    print(0, 5000);
    await page.goto(`${server.origin}/short`);
    await page.getByText('line 4999').waitFor();
    expect(await page.locator('.row').count()).to.be.lessThan(60);
    await page.locator('.scroller').hover();
    await page.mouse.wheel(0, -2000);
    const button = page.getByRole('button', { name: 'Follow' });
    await button.waitFor();
    const seen = await page.locator('.scroller').evaluate((scroller) => scroller.scrollTop);
    print(5000, 5100);
    await until(
      async () => (await page.locator('.spacer').evaluate((spacer) => spacer.clientHeight)) === 5100 * 20,
    );
    expect(await page.locator('.scroller').evaluate((scroller) => scroller.scrollTop)).to.equal(seen);
    await button.click();
    await page.getByText('line 5099').waitFor();
    await button.waitFor({ state: 'hidden' });
    print(5100, 5101);
    await page.getByText('line 5100').waitFor();
  });

  it('catches up after the server was restarted, without a gap and without a repeat', async () => {
    server.addJob({ id: 42, attempt: 1, status: 'running' });
    server.print(42, '1\n2\n');
    await page.goto(`${server.origin}/log`);
    await page.getByText('2', { exact: true }).last().waitFor();
    await until(async () => (await texts()).length === 2);
    await server.stop();
    await page.getByText('No connection').waitFor();
    server.print(42, '3\n');
    server.print(42, '4\n');
    await server.start();
    await until(async () => (await texts()).length === 4);
    expect(await texts()).to.deep.equal(['1', '2', '3', '4']);
    await page.getByText('No connection').waitFor({ state: 'hidden' });
  });

  it('begins with the output of a newer attempt', async () => {
    server.addJob({ id: 42, attempt: 1, status: 'success' });
    server.print(42, 'old\n');
    await page.goto(`${server.origin}/log`);
    await page.getByText('old').waitFor();
    server.setStatus(42, 'running', { attempt: 2 });
    server.print(42, 'new\n');
    await page.getByText('new', { exact: true }).waitFor();
    expect(await texts()).to.deep.equal(['new']);
    await page.getByText('Attempt 2').waitFor();
  });

  it('offers the results as downloads in the header when the job is over', async () => {
    server.addJob({ id: 42, attempt: 1, status: 'success' });
    const result = (id: number, remoteFilename: string) => {
      return { id, remoteFilename, jobId: 42, attempt: 1, size: 1430, createdAt: '2026-01-01T00:00:00Z' };
    };
    server.results.set(42, [result(9, 'out/fit.json'), result(10, 'out/fit.csv')]);
    await page.goto(`${server.origin}/log`);
    const all = page.getByRole('link', { name: 'Download all' });
    expect(await all.getAttribute('href')).to.equal(`${server.mount}/jobs/42/results.zip?attempt=1`);
    await page.getByText('2 results').click();
    const started = page.waitForEvent('download');
    await page.getByRole('link', { name: 'out/fit.json' }).click();
    expect((await started).suggestedFilename()).to.equal('fit.json');
  });

  it('says in words why a job is not shown', async () => {
    await page.goto(`${server.origin}/none`);
    await page.getByText('Job 7 was not found here').waitFor();
    await page.getByText('The attribute “job” must be a number').waitFor();
  });

  it('asks those who are not signed in to sign in', async () => {
    server.refuseWith = 'unauthenticated';
    await page.goto(`${server.origin}/two`);
    await page.getByText('Sign in to see job 42').waitFor();
    await page.getByText('Sign in to see your jobs').waitFor();
  });

  it('shares one connection between the elements of a page', async () => {
    for (const id of [42, 43]) server.addJob({ id, attempt: 1, status: 'running' });
    for (const id of [42, 43]) server.print(id, `of ${id}\n`);
    await page.goto(`${server.origin}/two`);
    await page.getByText('of 42').waitFor();
    await page.getByText('of 43').waitFor();
    await page.locator('drs-job-list tbody tr').first().waitFor();
    expect(server.connections).to.equal(1);
    await page.evaluate(() =>
      document.querySelectorAll('drs-job-log, drs-job-list').forEach((element) => element.remove()),
    );
    await until(() => server.connections === 0);
  });

  it('lists jobs, newest first, with their states live', async () => {
    for (const id of [1, 2, 3])
      server.addJob({ id, title: `Scan ${id}`, createdAt: new Date(Date.now() - 125_000).toISOString() });
    await page.goto(`${server.origin}/list`);
    await page.getByRole('link', { name: 'Scan 3' }).waitFor();
    expect(await page.getByRole('link').allTextContents()).to.deep.equal(['Scan 3', 'Scan 2', 'Scan 1']);
    await page.getByText('2 min ago').first().waitFor();
    server.setStatus(2, 'running', { attempt: 1 });
    await page.locator('tr', { hasText: 'Scan 2' }).getByText('Running').waitFor();
    server.addJob({ id: 4, title: 'Scan 4' });
    server.setStatus(4, 'submitted', { attempt: 1 });
    await page.getByRole('link', { name: 'Scan 4' }).waitFor();
    expect(await page.getByRole('link').allTextContents()).to.deep.equal(['Scan 4', 'Scan 3', 'Scan 2']);
    expect(watched.problems).to.deep.equal([]);
  });

  it('opens the page of a job from its row, unless the host prevents it', async () => {
    server.addJob({ id: 1, title: 'Scan 1' });
    await page.goto(`${server.origin}/list`);
    await page.evaluate(() => {
      document.addEventListener(
        'drs-open',
        (event) => {
          event.preventDefault();
          document.title = String((event as CustomEvent).detail.jobId);
        },
        { once: true },
      );
    });
    await page.locator('td.server').click();
    await page.waitForFunction(() => document.title === '1');
    await page.locator('td.server').click();
    await page.waitForURL(`${server.mount}/ui/jobs/1`);
  });

  it('opens a job by keyboard while text elsewhere is selected', async () => {
    server.addJob({ id: 1, title: 'One' });
    await page.goto(`${server.origin}/list`);
    await page.getByRole('link', { name: 'One' }).focus();
    await page.evaluate(() => {
      document.addEventListener('drs-open', (event) => {
        event.preventDefault();
        document.body.append('opened here');
      });
      document.body.prepend('selected');
      getSelection()?.selectAllChildren(document.body);
    });
    await page.keyboard.press('Enter');
    await page.getByText('opened here').waitFor();
  });

  it('says what to do when there are no jobs', async () => {
    await page.goto(`${server.origin}/list`);
    await page.getByText('No jobs yet').waitFor();
    await page.getByText('Submit a program').waitFor();
  });
});
