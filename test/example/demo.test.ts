import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { chromium, type Browser, type Page } from 'playwright-core';
import { connectDrs } from '../../lib/client/connect.js';
import { ensureCommand } from '../../lib/embedded/install.js';
import { alive, processesWith, startDemoProcess, type DemoProcess } from './demo-process.js';

interface Listed<T> {
  items: T[];
}

describe('npm run demo', function () {
  this.timeout(300_000);
  let demo: DemoProcess;
  let folder: string;
  let browser: Browser;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drs-demo-test-'));
    // As in a folder of a user's own, PostgreSQL's user may pass when this is root.
    await chmod(folder, 0o711);
    demo = await startDemoProcess(folder);
    const executablePath = await ensureCommand({ command: 'chromium', debianPackage: 'chromium' });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.log(demo.output());
  });

  after(async () => {
    await browser?.close();
    if (demo && alive(demo.processes()).length > 1) await demo.pressCtrlC();
    await rm(folder, { recursive: true, force: true });
  });

  it('prints one line with its address, the sign-ins, and a password for the server for each', () => {
    expect(demo.output().match(/^ready: /gm)).to.have.length(1);
    expect(demo.output())
      .to.match(/admin \/ admin123/)
      .and.to.match(/scientist \/ scientist123/);
    expect(demo.output()).to.match(/password.*\badmin\b.*\bscientist\b/s);
  });

  it('refuses a wrong password, as JSON and as a form', async () => {
    expect((await logIn('scientist', 'wrong')).status).to.equal(401);
    const form = await fetch(`${demo.url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'scientist', password: 'wrong' }),
      redirect: 'manual',
    });
    expect(form.status).to.equal(303);
    expect(form.headers.get('location')).to.equal('/?problem=password');
    expect(form.headers.get('set-cookie')).to.equal(null);
  });

  it('signs in with a form, too', async () => {
    const form = await fetch(`${demo.url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'admin', password: 'admin123' }),
      redirect: 'manual',
    });
    expect(form.status).to.equal(303);
    const cookie = cookieOf(form);
    const me = await fetch(`${demo.url}/me`, { headers: { cookie } });
    expect(await me.json()).to.deep.equal({ id: 'admin', username: 'admin', isAdmin: true });
  });

  it('signs nobody in from a form on another site', async () => {
    const answer = await fetch(`${demo.url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
      body: JSON.stringify({ username: 'scientist', password: 'scientist123' }),
    });
    expect(answer.status).to.equal(403);
  });

  it('has three interpreters, one server and five jobs of the scientist', async () => {
    const cookie = cookieOf(await logIn('scientist', 'scientist123'));
    expect((await get<Listed<unknown>>('/drs/interpreters', cookie)).items).to.have.length(3);
    expect((await get<Listed<unknown>>('/drs/servers', cookie)).items).to.have.length(1);
    expect((await get<Listed<unknown>>('/drs/jobs', cookie)).items).to.have.length(5);
  });

  it('runs a job that is submitted with an empty body, and gives its output and its files', async () => {
    const cookie = cookieOf(await logIn('scientist', 'scientist123'));
    const { items } = await get<Listed<{ id: number; title: string }>>('/drs/jobs', cookie);
    const { id } = items.find(({ title }) => /files/.test(title)) ?? { id: 0 };
    const answer = await fetch(`${demo.url}/drs/jobs/${id}/submit`, { method: 'POST', headers: { cookie } });
    expect(answer.status).to.equal(202);
    expect(await answer.json()).to.include({ jobId: id, attempt: 1, status: 'submitted' });
    await untilStatus(id, cookie, ['success', 'failure', 'cancelled']);
    const job = await get<{ status: string }>(`/drs/jobs/${id}`, cookie);
    expect(job.status).to.equal('success');
    const log = await fetch(`${demo.url}/drs/jobs/${id}/log?stream=stdout`, { headers: { cookie } });
    expect(await log.text()).to.match(/^wrote runs\/low\/run-1\.csv\n/);
    const results = await get<Listed<{ id: number; remoteFilename: string }>>(
      `/drs/jobs/${id}/results`,
      cookie,
    );
    const names = results.items.map(({ remoteFilename }) => remoteFilename);
    expect(names).to.include.members(['runs/high/run-3.csv', 'summary/points.txt']);
    const points = results.items.find(({ remoteFilename }) => remoteFilename === 'summary/points.txt');
    const file = await fetch(`${demo.url}/drs/results/${points?.id}/file`, { headers: { cookie } });
    expect(await file.text()).to.equal('54\n');
  });

  it('takes a password in the place of its key', async () => {
    const cookie = cookieOf(await logIn('scientist', 'scientist123'));
    const { items } = await get<Listed<{ id: number; title: string }>>('/drs/jobs', cookie);
    const { id } = items.find(({ title }) => /traceback/.test(title)) ?? { id: 0 };
    const password = /scientist: *(\S+)/.exec(demo.output())?.[1];
    const answer = await fetch(`${demo.url}/drs/jobs/${id}/submit`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    });
    expect(answer.status).to.equal(202);
    expect(await answer.json()).to.include({ jobId: id, attempt: 2, status: 'submitted' });
    await untilStatus(id, cookie, ['success', 'failure', 'cancelled']);
    const job = await get<{ status: string; failureReason: string; exitCode: number }>(
      `/drs/jobs/${id}`,
      cookie,
    );
    expect(job).to.include({ status: 'failure', failureReason: 'exit', exitCode: 3 });
  });

  it('shows anonymous visitors the sign-in and nothing else', async () => {
    expect(await (await fetch(demo.url)).text()).to.include('name="password"');
    expect((await fetch(`${demo.url}/drs/jobs`)).status).to.equal(401);
    expect((await fetch(`${demo.url}/me`)).status).to.equal(401);
  });

  it('shows in a browser how lines arrive and the status changes, and gives the files', async () => {
    const page = await browser.newPage();
    const problems = collectProblems(page);
    await signIn(page, 'scientist', 'scientist123');
    await page.fill(
      'textarea[name=program]',
      'import time\nfor n in range(4):\n    print("line", n, flush=True); time.sleep(0.4)\nopen("out.txt", "w").write("made")\n',
    );
    await page.fill('input[name=title]', 'From the browser');
    await page.evaluate(() => Object.assign(window, { wasReloaded: false }));
    await page.click('#submit-form button[type=submit]');
    const log = page.locator('drs-job-log');
    await log.getByText('line 0').waitFor();
    expect(await log.getByText('line 3').count()).to.equal(0);
    await page.locator('drs-job-log [part~=status-running]').waitFor();
    await log.getByText('line 3').waitFor();
    await page.locator('drs-job-log [part~=status-success]').waitFor();
    await page
      .locator('drs-job-list [part~=row]', { hasText: 'From the browser' })
      .locator('[part~=status-success]')
      .waitFor();
    const download = page.waitForEvent('download');
    await log.getByRole('link', { name: 'out.txt' }).click();
    expect(await readFile(await (await download).path(), 'utf8')).to.equal('made');
    expect(await page.evaluate(() => 'wasReloaded' in window)).to.equal(true);
    expect(problems).to.deep.equal([]);
    await page.close();
  });

  it('opens the panel for the administrator', async () => {
    const page = await browser.newPage();
    await signIn(page, 'admin', 'admin123');
    await page.goto(`${demo.url}/admin`);
    await page.getByRole('link', { name: 'Servers' }).waitFor();
    await page.close();
  });

  it('says that it runs already when it is started twice', async () => {
    const second = startDemoProcess(folder).then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(await second).to.match(/runs already/);
  });

  it('says clearly that PORT is taken', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const start = startDemoProcess(`${folder}-other`, { PORT: String(port) }).then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(await start).to.include(`Port ${port} on 127.0.0.1 is taken`);
    listener.close();
  });

  it('ends every process that it started on Ctrl-C, also a job under way, and starts again with its data', async () => {
    const cookie = cookieOf(await logIn('scientist', 'scientist123'));
    const { items } = await get<Listed<{ id: number; title: string }>>('/drs/jobs', cookie);
    const { id } = items.find(({ title }) => /fit/.test(title)) ?? { id: 0 };
    await fetch(`${demo.url}/drs/jobs/${id}/submit`, { method: 'POST', headers: { cookie } });
    await untilStatus(id, cookie, ['running']);
    const started = demo.processes();
    expect(started.length).to.be.greaterThan(5);
    expect(await demo.pressCtrlC()).to.be.oneOf([0, 130]);
    expect(alive(started)).to.deep.equal([]);
    expect(processesWith(folder)).to.deep.equal([]);

    demo = await startDemoProcess(folder);
    const again = cookieOf(await logIn('scientist', 'scientist123'));
    expect((await get<Listed<unknown>>('/drs/jobs', again)).items.length).to.equal(6);
    const restarted = demo.processes();
    await demo.signalNpm('SIGTERM');
    await untilGone(restarted);
    expect(processesWith(folder)).to.deep.equal([]);
  });

  function logIn(username: string, password: string): Promise<Response> {
    return fetch(`${demo.url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
  }

  async function get<T>(path: string, cookie: string): Promise<T> {
    const answer = await fetch(`${demo.url}${path}`, { headers: { cookie } });
    expect(answer.status, path).to.equal(200);
    return (await answer.json()) as T;
  }

  /** Resolves when the job is in one of the states, as the events tell. */
  async function untilStatus(jobId: number, cookie: string, wanted: readonly string[]): Promise<void> {
    const client = connectDrs(`${demo.url}/drs`, { cookie });
    try {
      await new Promise<void>((resolve, reject) => {
        client.watchJobs(
          { limit: 100 },
          {
            onStatus: (event) => {
              if (event.jobId === jobId && wanted.includes(event.status)) resolve();
            },
            onRefused: reject,
          },
        );
      });
    } finally {
      client.close();
    }
  }

  async function signIn(page: Page, username: string, password: string): Promise<void> {
    await page.goto(demo.url);
    await page.fill('input[name=username]', username);
    await page.fill('input[name=password]', password);
    await page.click('button[type=submit]');
    await page.locator('#who', { hasText: username }).waitFor();
  }
});

/** Script errors and refusals by the Content-Security-Policy. */
function collectProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return problems;
}

function cookieOf(answer: Response): string {
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** npm does not wait for the demo when it is ended by a signal of its own. */
async function untilGone(pids: readonly number[]): Promise<void> {
  while (alive(pids).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}
