import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';
import { until } from './support/until.js';

const pages = {
  '/submit': `${head}<drs-job-submit server="2"></drs-job-submit>`,
  '/list': `${head}<drs-job-list></drs-job-list>`,
  '/three': `${head}<drs-job-list limit="3"></drs-job-list>`,
  '/running': `${head}<drs-job-list status="running"></drs-job-list>`,
};

const python = { id: 1, name: 'Python 3', path: '/usr/bin/python3' };
const shell = { id: 2, name: 'Shell', path: '/bin/sh' };
const machine = {
  hostname: 'h',
  port: 22,
  interpreterIds: [],
  proxyJump: null,
  legacyAlgorithms: false,
  transport: 'ssh',
  scheduler: 'direct',
  usernames: 'any' as const,
  hostKey: null,
};

describe('<drs-job-submit> and the filters of <drs-job-list>', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
    server.servers.push({ id: 1, title: 'Workstation', interpreters: [shell], ...machine });
    server.servers.push({ id: 2, title: 'Cluster', interpreters: [python, shell], ...machine });
    watched = await openPage({ viewport: { width: 1280, height: 900 } });
    page = watched.page;
  });

  afterEach(async () => {
    await watched.close();
    await server.stop();
  });

  const options = (name: string) => page.locator(`select[name=${name}] option`).allTextContents();
  const send = () => page.getByRole('button', { name: 'Submit' }).click();

  it('offers servers, each with its own interpreters', async () => {
    await page.goto(`${server.origin}/submit`);
    await until(async () => (await options('server')).length === 2);
    expect(await page.locator('select[name=server]').inputValue()).to.equal('2');
    expect(await options('interpreter')).to.deep.equal(['Python 3', 'Shell']);
    await page.locator('select[name=server]').selectOption('Workstation');
    expect(await options('interpreter')).to.deep.equal(['Shell']);
  });

  it('submits what was written, and shows its output in place of the form', async () => {
    await page.goto(`${server.origin}/submit`);
    await until(async () => (await options('server')).length === 2);
    await page.getByLabel('Program', { exact: true }).fill('print(1)\nprint(2)\n');
    await page.getByLabel('Results to keep').fill('*.csv\n\n!raw.csv');
    await send();
    await page.locator('drs-job-log').getByText('Waiting for a worker').waitFor();
    expect(server.jobs.get(1)).to.deep.include({
      title: 'program.py',
      program: 'print(1)\nprint(2)\n',
      serverId: 2,
      interpreterId: 1,
      storeResults: ['*.csv', '!raw.csv'],
      status: 'submitted',
    });
    server.print(1, 'hello\n');
    await page.getByText('hello').waitFor();
    await page.getByRole('button', { name: 'New job' }).click();
    expect(await page.getByLabel('Program', { exact: true }).inputValue()).to.contain('print(1)');
    expect(watched.problems).to.deep.equal([]);
  });

  it('takes a dropped file as the program', async () => {
    await page.goto(`${server.origin}/submit`);
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['echo hi\n'], 'run.sh'));
      return transfer;
    });
    await page.locator('drs-job-submit .drop').dispatchEvent('drop', { dataTransfer: data });
    await until(async () => (await page.getByLabel('Program', { exact: true }).inputValue()) === 'echo hi\n');
    expect(await page.getByLabel('File name').inputValue()).to.equal('run.sh');
  });

  it('takes a chosen file, and refuses one that is no text', async () => {
    await page.goto(`${server.origin}/submit`);
    await until(async () => (await options('server')).length === 2);
    const choose = page.getByLabel('Program from a file');
    await choose.setInputFiles({ name: 'fit.py', mimeType: 'text/x-python', buffer: Buffer.from('pass\n') });
    await until(async () => (await page.getByLabel('Program', { exact: true }).inputValue()) === 'pass\n');
    await choose.setInputFiles({ name: 'a.out', mimeType: 'x/y', buffer: Buffer.from('\u007fELF\0') });
    await page.getByText('a.out is no text.').waitFor();
    expect(await page.getByLabel('Program', { exact: true }).inputValue()).to.equal('pass\n');
  });

  it('says why a submit failed, and goes on with the same job at the next try', async () => {
    await page.goto(`${server.origin}/submit`);
    await until(async () => (await options('server')).length === 2);
    await page.getByLabel('Program', { exact: true }).fill('x');
    server.refuseActions = { status: 400, code: 'no_credential' };
    await send();
    await page.getByText('It is no_credential.').waitFor();
    server.refuseActions = null;
    await page.getByLabel('Program', { exact: true }).fill('y');
    await send();
    await page.locator('drs-job-log').waitFor();
    expect([...server.jobs.values()].map(({ program }) => program)).to.deep.equal(['y']);
  });

  it('signs in with a key, its passphrase and a password, and forgets all three', async () => {
    await page.goto(`${server.origin}/submit`);
    await until(async () => (await options('server')).length === 2);
    await page.getByLabel('Program', { exact: true }).fill('x');
    await page.getByText('Sign-in and time limit').click();
    await page.getByLabel('User name there').fill('bob');
    await page.getByLabel('Password there').fill('open');
    await page.getByLabel('Private key').fill('-----BEGIN KEY-----\nabc\n-----END KEY-----');
    await page.getByLabel("The key's passphrase").fill('secret');
    await send();
    await page.locator('drs-job-log').waitFor();
    expect(server.submits).to.deep.equal([
      {
        username: 'bob',
        password: 'open',
        privateKey: '-----BEGIN KEY-----\nabc\n-----END KEY-----\n',
        passphrase: 'secret',
      },
    ]);
    await page.getByRole('button', { name: 'New job' }).click();
    expect(await page.getByLabel('Private key').inputValue()).to.equal('');
    expect(await page.getByLabel("The key's passphrase").inputValue()).to.equal('');
    expect(await page.getByLabel('Password there').inputValue()).to.equal('');
  });

  it('says what is wrong by the names of the fields, and goes to the first', async () => {
    await page.goto(`${server.origin}/submit`);
    await until(async () => (await options('server')).length === 2);
    await page.getByLabel('Program', { exact: true }).fill('x');
    const problems = [
      { path: 'privateKey', message: 'is no key' },
      { path: 'storeResults.0', message: 'is no pattern' },
    ];
    server.refuseActions = { status: 400, code: 'invalid_input', problems };
    await send();
    await page.getByText('Private key: is no key').waitFor();
    await page.getByText('Results to keep: is no pattern').waitFor();
    const invalid = page.locator('[aria-invalid]');
    expect(
      await invalid.evaluateAll((fields) => fields.map((field) => field.getAttribute('name'))),
    ).to.deep.equal(['results', 'privateKey']);
    expect(await page.getByLabel('Results to keep').evaluate((field) => field.matches(':focus'))).to.equal(
      true,
    );
    server.refuseActions = null;
    await page.keyboard.press('Tab');
    await send();
    await page.locator('drs-job-log').waitFor();
    expect(await invalid.count()).to.equal(0);
  });

  it('leaves the page to the host when drs-submit is prevented', async () => {
    await page.goto(`${server.origin}/submit`);
    await until(async () => (await options('server')).length === 2);
    await page.evaluate(() =>
      document.addEventListener('drs-submit', (event) => {
        event.preventDefault();
        document.title = JSON.stringify((event as CustomEvent).detail);
      }),
    );
    await page.getByLabel('Program', { exact: true }).fill('x');
    await send();
    await page.waitForFunction(() => document.title !== '');
    expect(JSON.parse(await page.title())).to.include({ jobId: 1, attempt: 1, status: 'submitted' });
    expect(await page.locator('drs-job-log').count()).to.equal(0);
  });

  it('narrows the list to a state and a server', async () => {
    server.addJob({ id: 1, title: 'Old', status: 'success', serverId: 1 });
    server.addJob({ id: 2, title: 'New', status: 'running', serverId: 2 });
    await page.goto(`${server.origin}/list`);
    await page.getByRole('link', { name: 'New' }).waitFor();
    await page.getByLabel('Status').selectOption('Success');
    await page.getByRole('link', { name: 'New' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('link').allTextContents()).to.deep.equal(['Old']);
    await page.getByLabel('Server').selectOption('Cluster');
    await page.getByText('No job fits these filters.').waitFor();
    await page.getByLabel('Status').selectOption('All states');
    await page.getByRole('link', { name: 'New' }).waitFor();
    expect(watched.problems).to.deep.equal([]);
  });

  it('loads more of the list on demand, and keeps it live', async () => {
    for (let id = 1; id <= 8; id += 1) server.addJob({ id, title: `Scan ${id}` });
    await page.goto(`${server.origin}/three`);
    const more = page.getByRole('button', { name: 'Load more' });
    const links = () => page.getByRole('link').allTextContents();
    await more.click();
    await until(async () => (await links()).length === 6);
    await more.press('Enter');
    await until(async () => (await links()).length === 8);
    expect((await links())[7]).to.equal('Scan 1');
    await more.waitFor({ state: 'hidden' });
    const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent);
    expect(await focused()).to.equal('Scan 1');
    server.setStatus(1, 'running', { attempt: 1 });
    await page.locator('tr', { hasText: 'Scan 1' }).getByText('Running').waitFor();
    server.addJob({ id: 9, title: 'Scan 9' });
    server.setStatus(9, 'submitted', { attempt: 1 });
    await page.getByRole('link', { name: 'Scan 9' }).waitFor();
    expect(watched.problems).to.deep.equal([]);
  });

  it('narrows the list to a part of the title', async () => {
    server.addJob({ id: 1, title: 'Reflectivity fit', status: 'initial' });
    server.addJob({ id: 2, title: 'Count', status: 'initial' });
    await page.goto(`${server.origin}/list`);
    await page.getByRole('link', { name: 'Count' }).waitFor();
    await page.getByLabel('Find jobs').fill('TIVITY');
    await page.getByRole('link', { name: 'Count' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('link').allTextContents()).to.deep.equal(['Reflectivity fit']);
    server.setStatus(2, 'running', { attempt: 1 });
    server.setStatus(1, 'running', { attempt: 1 });
    await page.locator('tr', { hasText: 'Reflectivity' }).getByText('Running').waitFor();
    expect(await page.getByRole('link').count()).to.equal(1);
  });

  it('drops a job from a narrowed list when its state no longer fits, and takes one that does', async () => {
    server.addJob({ id: 1, title: 'First', status: 'running', attempt: 1 });
    server.addJob({ id: 2, title: 'Second', status: 'initial' });
    await page.goto(`${server.origin}/running`);
    await page.getByRole('link', { name: 'First' }).waitFor();
    expect(await page.getByRole('link').count()).to.equal(1);
    server.setStatus(2, 'running', { attempt: 1 });
    await page.getByRole('link', { name: 'Second' }).waitFor();
    server.setStatus(1, 'success');
    await page.getByRole('link', { name: 'First' }).waitFor({ state: 'detached' });
  });
});
