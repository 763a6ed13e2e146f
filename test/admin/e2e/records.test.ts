/** Interpreters, servers and jobs are made, changed and deleted in the panel. */

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { makeJob, makeServer, startBackend, visit, type Backend } from './support/site.js';
import type { Visitor } from './support/visitor.js';

describe('the records in the panel', function () {
  this.timeout(90_000);
  let backend: Backend;
  let visitor: Visitor;
  let page: Page;

  before(async () => {
    backend = await startBackend();
    visitor = await visit(backend);
    ({ page } = visitor);
  });

  it('tells a newcomer the three steps to the first job', async () => {
    await page.getByText('Three steps to the first job').waitFor();
    await page.getByRole('link', { name: /Add an interpreter/ }).click();
    await page.getByRole('heading', { name: 'Add an interpreter' }).waitFor();
  });

  it('makes an interpreter with its arguments', async () => {
    await page.locator('#name').fill('Shell');
    await page.locator('#path').fill('/bin/sh');
    await page.getByRole('button', { name: 'Add an argument' }).click();
    await page.locator('[name="arguments.0"]').fill('-u');
    await visitor.save();
    await visitor.notice('Saved.');
    await visitor.row('/bin/sh').getByText('-u').waitFor();
    const [interpreter] = await backend.drs.models.Interpreter.findAll();
    expect(interpreter?.arguments).to.deep.equal(['-u']);
  });

  it('says beside the field what is wrong with a server', async () => {
    await backend.drs.models.Interpreter.create({ name: 'Elsewhere', path: '/bin/elsewhere', arguments: [] });
    await visitor.open('/resources/drs-servers/actions/new');
    await page.getByLabel('Title').fill('Cluster');
    await page.getByLabel('Host name').fill('no such host');
    await page.locator('#port').fill('70000');
    await visitor.save();
    await visitor.notice(/It was not saved/);
    await page.getByText(/65535/).waitFor();
  });

  it('makes a server with interpreters chosen from the available ones', async () => {
    await page.getByLabel('Host name').fill(backend.sshd.hostname);
    await page.locator('#port').fill(String(backend.sshd.port));
    await page.getByText('Shell (/bin/sh -u)').click();
    await visitor.save();
    await visitor.notice('Saved.');
    await visitor.row('Cluster').getByText('Shell', { exact: true }).waitFor();
    const server = await backend.drs.models.Server.findOne({ include: 'interpreters' });
    expect(server?.interpreters?.map(({ name }) => name)).to.deep.equal(['Shell']);
  });

  it("makes a job with one of the server's interpreters and a program that keeps its tabs", async () => {
    await visitor.open('/resources/drs-jobs/actions/new');
    await page.getByText('Choose the server first').waitFor();
    await page.getByLabel('Title').fill('First');
    await page.locator('#serverId').fill('Clus');
    await page.keyboard.press('Enter');
    await page.locator('#interpreterId').focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('[id*="-option-"]').allTextContents()).to.deep.equal(['Shell (/bin/sh -u)']);
    await page.keyboard.press('Enter');
    await page.locator('#remoteDirectory').fill('~/jobs/{job}');
    await page.locator('#remoteFilename').fill('first.sh');
    await page.locator('#program').fill('if true; then\n');
    await page.locator('#program').press('Tab');
    await page.keyboard.type('echo yes\nfi');
    await page.getByLabel('Time limit').fill('1.5');
    await page.getByRole('button', { name: 'Add a pattern' }).click();
    await page.locator('[name="storeResults.0"]').fill('*.txt');
    await visitor.save();
    await visitor.notice('Saved.');
    const job = await backend.drs.models.Job.findOne({ rejectOnEmpty: true });
    expect(job.program).to.equal('if true; then\n\techo yes\nfi');
    expect(job.timeoutMs).to.equal(1500);
    expect(job.storeResults).to.deep.equal(['*.txt']);
    expect(job.ownerUsername).to.equal(backend.admin.username);
  });

  it('lets a keyboard out of the program: Escape, then Tab', async () => {
    await visitor.open('/resources/drs-jobs/records/1/edit');
    await page.locator('#program').focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).to.equal('timeoutMs');
    expect(await page.locator('#program').inputValue()).to.equal('if true; then\n\techo yes\nfi');
  });

  it('names every field of every form, and gives each a word of help', async () => {
    for (const form of ['drs-interpreters', 'drs-servers', 'drs-jobs']) {
      await visitor.open(`/resources/${form}/actions/new`);
      await page.getByTestId('button-save').waitFor();
      expect(await page.evaluate(namelessFields), form).to.deep.equal([]);
      const labels = await page.locator('form label[for]:not(.drs-checks label)').count();
      expect(await page.locator('form .drs-description').count(), form).to.equal(labels);
    }
  });

  it('changes a job, with the interpreter that it has kept', async () => {
    await visitor.open('/resources/drs-jobs/records/1/edit');
    await page.getByText('Shell (/bin/sh -u)').waitFor();
    await page.getByLabel('Title').fill('Renamed');
    await page.getByLabel('Time limit').fill('');
    await visitor.save();
    await visitor.notice('Saved.');
    const job = await backend.drs.models.Job.findOne({ rejectOnEmpty: true });
    expect([job.title, job.timeoutMs, job.interpreterId]).to.deep.equal(['Renamed', null, 1]);
    await visitor.open('/resources/drs-jobs/records/1/show');
    await page
      .getByTestId('audit')
      .getByText(/: Title, Time limit$/)
      .waitFor();
  });

  it('refuses to delete what is in use, and says by what', async () => {
    for (const [page_, message] of [
      ['drs-servers/records/1', /“Cluster” is used by 1 job/],
      ['drs-interpreters/records/1', /“Shell” is used by 1 job, server “Cluster”/],
    ] as const) {
      await visitor.open(`/resources/${page_}/show`);
      await page.getByTestId('action-delete').click();
      await page.getByRole('button', { name: 'Confirm' }).click();
      await visitor.notice(message);
    }
    expect(await backend.drs.models.Server.count()).to.equal(1);
  });

  it('refuses to take an interpreter from a server whose jobs need it', async () => {
    await visitor.open('/resources/drs-servers/records/1/edit');
    await page.getByText('Shell (/bin/sh -u)').click();
    await visitor.save();
    await page.getByText(/“Shell” is used by 1 job on this server/).waitFor();
  });

  it('gives a server a jump host by its title, shows it, and takes it away again', async () => {
    const gate = await backend.drs.models.Server.create({ title: 'Gate', hostname: 'gate.example' });
    await visitor.open('/resources/drs-servers/records/1/edit');
    await page.getByText('None: it is reached directly').waitFor();
    await page.locator('#proxyJump').fill('Gat');
    await page.keyboard.press('Enter');
    await visitor.save();
    await visitor.notice('Saved.');
    await visitor.open('/resources/drs-servers/records/1/show');
    await page.getByRole('link', { name: 'Gate' }).waitFor();
    const server = await backend.drs.models.Server.findByPk(1, { rejectOnEmpty: true });
    expect(server.proxyJump).to.equal(gate.id);
    await visitor.open('/resources/drs-servers/records/1/edit');
    await page.getByText('Gate <gate.example:22>').waitFor();
    await page.locator('#proxyJump').fill('None');
    await page.keyboard.press('Enter');
    await visitor.save();
    await visitor.notice('Saved.');
    expect(await server.reload()).to.include({ proxyJump: null });
    await gate.destroy();
  });

  it('deletes what nothing needs', async () => {
    await visitor.open('/resources/drs-interpreters/records/2/show');
    await page.getByTestId('action-delete').click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await visitor.notice('Deleted.');
    expect(await backend.drs.models.Interpreter.count({ where: { name: 'Elsewhere' } })).to.equal(0);
  });

  it('deletes a selection', async () => {
    const server = await makeServer(backend, 'Other');
    for (const title of ['Old one', 'Old two', 'Kept'])
      await makeJob(backend, { server, title, program: 'true' });
    await visitor.open('/resources/drs-jobs');
    await visitor.select('Old one', 'Old two');
    await page.getByTestId('action-bulkDelete').click();
    await page.getByRole('button', { name: /Confirm/ }).click();
    await visitor.notice('Deleted.');
    const left = await backend.drs.models.Job.findAll({ order: ['id'] });
    expect(left.map(({ title }) => title)).to.deep.equal(['Renamed', 'Kept']);
  });

  it('finds jobs by a part of the title, and says what to do when there is none', async () => {
    await visitor.open('/resources/drs-jobs?filters.title=kep');
    await visitor.row('Kept').waitFor();
    expect(await page.locator('tbody tr').count()).to.equal(1);
    await visitor.open('/resources/drs-jobs?filters.title=nothing');
    await page.getByText('none that the filter lets through', { exact: false }).waitFor();
  });

  it('met no error and asked no other host', () => visitor.expectPeace());
});

/** Fields that a screen reader would read without a name. */
const namelessFields = `[...document.querySelectorAll('form input, form textarea, form select')]
  .filter((field) => field.type !== 'hidden' && field.offsetParent !== null)
  .filter((field) => ![...(field.labels ?? [])].some((label) => label.textContent.trim()) && !field.ariaLabel)
  .map((field) => field.outerHTML.slice(0, 200))`;
