/** An administrator's day in the panel, in a real browser, against a real database and an SSH server. */

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import ssh2 from 'ssh2';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { startSshServer, type SshServer } from '../../lib/testing/ssh-server.js';
import { openPage, type WatchedPage } from '../support/browser.js';
import { atEnd } from '../support/cleanup.js';
import { admin, makeInstance, serve } from './support/panel-app.js';

const password = 'sentinel-4711-password';
const personal = ssh2.utils.generateKeyPairSync('ed25519');

describe('the panel in Chromium', function () {
  this.timeout(120_000);
  let drs: RemoteSubmission;
  let ssh: SshServer;
  let url: string;
  let watched: WatchedPage;
  let page: Page;
  const requests: string[] = [];
  const answers: Promise<string>[] = [];

  before(async () => {
    ssh = await startSshServer({ users: [{ username: admin.username, password }] });
    atEnd(() => ssh.close());
    ssh.allowKey(admin.username, personal.public);
    drs = await makeInstance({ identity: { privateKey: ssh2.utils.generateKeyPairSync('ed25519').private } });
    await drs.work();
    url = await serve(drs);
    watched = await openPage({ viewport: { width: 1280, height: 860 }, acceptDownloads: true });
    atEnd(() => watched.close());
    page = watched.page;
    page.setDefaultTimeout(15_000);
    await page.context().addCookies([{ name: 'user', value: admin.username, url }]);
    page.on('request', (request) => requests.push(request.url()));
    page.on('response', (response) => answers.push(response.text().catch(() => '')));
  });

  const open = (path: string) => page.goto(`${url}/admin${path}`);
  const save = () => page.getByTestId('button-save').click();
  const notice = (text: string | RegExp) =>
    page.getByTestId('notice-wrapper').getByText(text, { exact: true }).waitFor();

  it('tells a newcomer the three steps to the first job', async () => {
    await open('');
    await page.getByText('Three steps to the first job').waitFor();
    await page.getByRole('link', { name: /Add an interpreter/ }).click();
    await page.getByRole('heading', { name: 'Add an interpreter' }).waitFor();
  });

  it('adds an interpreter with its arguments', async () => {
    await page.locator('#name').fill('Shell');
    await page.locator('#path').fill('/bin/sh');
    await page.getByTestId('arguments-add').click();
    await page.locator('[name="arguments.0"]').fill('-u');
    await save();
    await notice('Saved.');
    const [interpreter] = await drs.models.Interpreter.findAll();
    expect(interpreter?.arguments).to.deep.equal(['-u']);
  });

  it('says beside the field what is wrong with a server', async () => {
    await open('/resources/drs-servers/actions/new');
    await page.locator('#title').fill('Cluster');
    await page.locator('#hostname').fill('no such host');
    await page.locator('#port').fill('70000');
    await save();
    await notice(/It was not saved/);
    await page.getByText(/65535/).waitFor();
  });

  it('adds a server with interpreters chosen from the available ones', async () => {
    await page.locator('#hostname').fill(ssh.hostname);
    await page.locator('#port').fill(String(ssh.port));
    await page.getByText('Shell (/bin/sh -u)').click();
    await save();
    await notice('Saved.');
    const server = await drs.models.Server.findOne({ include: 'interpreters' });
    expect(server?.interpreters?.map(({ name }) => name)).to.deep.equal(['Shell']);
  });

  it("makes a job with one of the server's interpreters and a program that keeps its tabs", async () => {
    await drs.models.Interpreter.create({ name: 'Elsewhere', path: '/bin/elsewhere' });
    await open('/resources/drs-jobs/actions/new');
    await page.locator('#title').fill('First </script><script>window.isBroken = 1</script>');
    await page.getByTestId('property-edit-serverId').locator('input').first().fill('Clus');
    await page.getByText('Cluster', { exact: true }).click();
    await page.getByTestId('property-edit-interpreterId').locator('input').first().click();
    expect(await page.getByText(/Elsewhere/).count()).to.equal(0);
    await page.getByText('Shell (/bin/sh -u)').click();
    await page.locator('#remoteDirectory').fill('~/jobs/{job}');
    await page.locator('#remoteFilename').fill('first.sh');
    await page
      .locator('#program')
      .fill('for i in 1 2 3; do echo "line $i"; sleep 0.2; done; echo made > made.txt\n#');
    await page.locator('#program').press('Tab');
    await save();
    await notice('Saved.');
    const job = await drs.models.Job.findOne();
    expect(job?.program).to.match(/txt\n#\t$/);
    expect(job?.ownerUsername).to.equal(admin.username);
  });

  it('submits it with a password, and shows its output, its end and its results without a reload', async () => {
    await open('/resources/drs-jobs/records/1/submit');
    await page.getByLabel('with a password').check();
    await page.locator('#drs-password').fill(password);
    await page.getByRole('button', { name: 'Submit the job' }).click();
    await notice(/Submitted as attempt 1/);
    await page.locator('drs-job-log').getByText('line 3').waitFor();
    await page.locator('.drs-facts [data-status="success"]').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'made.txt' }).click();
    expect((await download).suggestedFilename()).to.equal('made.txt');
    expect(await page.evaluate('window.isBroken')).to.equal(undefined);
  });

  it('submits several jobs at once, and says what became of each', async () => {
    const first = await drs.models.Job.findOne({ rejectOnEmpty: true });
    const { owner, ownerUsername, remoteDirectory, remoteFilename, serverId, interpreterId } = first;
    const alike = { owner, ownerUsername, remoteDirectory, remoteFilename, serverId, interpreterId };
    for (const title of ['Second', 'Third']) {
      await drs.models.Job.create({ ...alike, title, program: 'sleep 600' });
    }
    await open('/resources/drs-jobs');
    for (const title of ['Second', 'Third']) {
      await page
        .locator('tr', { hasText: title })
        .locator('.adminjs_Checkbox, [class*=heckbox]')
        .first()
        .click();
    }
    await page.getByTestId('action-submitSelected').click();
    await page.getByLabel('with a password').check();
    await page.locator('#drs-password').fill(password);
    await page.getByRole('button', { name: 'Submit 2 jobs' }).click();
    await page
      .getByText(/Submitted as attempt 1/)
      .nth(1)
      .waitFor();
    expect(await page.locator('[data-outcome="done"]').count()).to.equal(2);
  });

  it('cancels a job, and refuses in words to cancel it again', async () => {
    await open('/resources/drs-jobs/records/2/show');
    await page.locator('.drs-facts [data-status="running"]').waitFor();
    await page.getByTestId('action-cancel').click();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await page.locator('.drs-facts [data-status="cancelled"]').waitFor();
    await page.getByTestId('action-cancel').click();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await page.locator('[data-outcome="refused"]').waitFor();
  });

  it('submits with a private key, and lists both attempts', async () => {
    await open('/resources/drs-jobs/records/1/submit');
    await page.getByLabel('with a private key').check();
    await page.locator('#drs-key').fill(personal.private);
    await page.getByRole('button', { name: 'Submit the job' }).click();
    await notice(/Submitted as attempt 2/);
    await page.getByTestId('attempts').locator('tbody tr').nth(1).waitFor();
    await page.locator('.drs-facts [data-status="success"]').waitFor();
    await page.getByTestId('attempts').locator('[data-status="success"]').nth(1).waitFor();
  });

  it('copies a job to the server without running it', async () => {
    await open('/resources/drs-jobs/records/2/copy');
    await page.getByLabel('with a password').check();
    await page.locator('#drs-password').fill(password);
    await page.getByRole('button', { name: 'Copy the job' }).click();
    await notice(/It is being copied to the server/);
    await page.getByText('2 (copy only)').waitFor();
    await page.locator('.drs-facts [data-status="success"]').waitFor();
    const log = await drs.models.Log.findOne({ where: { jobId: 2, attempt: 2 }, rejectOnEmpty: true });
    expect(log.content.toString()).to.contain('first.sh');
  });

  it('shows on the dashboard what runs and what failed', async () => {
    await open('');
    await page.getByRole('link', { name: 'Third' }).waitFor();
    await page.getByText('Nothing failed.').waitFor();
    await page.getByText('running, on 1 worker').waitFor();
    await page.getByTestId('hours-plot').getByText('2 succeeded', { exact: true }).waitFor();
    await drs.cancelJob(3);
    await page.getByText('Nothing is running.').waitFor();
  });

  it('refuses to delete a server in use, and says by what', async () => {
    await open('/resources/drs-servers/records/1/show');
    await page.getByTestId('action-delete').click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await notice(/“Cluster” is used by 3 jobs/);
  });

  it('tests the connection step by step', async () => {
    await open('/resources/drs-servers/records/1/testConnection');
    await page.getByLabel('with a password').check();
    await page.locator('#drs-password').fill(password);
    await page.getByRole('button', { name: 'Test the connection' }).click();
    await page.getByTestId('steps').waitFor();
    const steps = await page.getByTestId('steps').locator('strong').allTextContents();
    expect(steps).to.deep.equal(['Name', 'Port', 'Key or password', 'Host key', 'Sign-in', 'Shell', 'Shell']);
    expect(await page.locator('[data-step="failed"]').count()).to.equal(0);
  });

  it('shows, approves and forgets the host key', async () => {
    await open('/resources/drs-servers/records/1/hostKey');
    await page.getByText(/SHA256:/).waitFor();
    await page.getByRole('button', { name: 'Approve this key' }).click();
    await page.getByText(/by ann/).waitFor();
    await page.getByRole('button', { name: 'Forget this key' }).click();
    await page.getByText('No key is known yet.', { exact: false }).waitFor();
  });

  it("puts the app's key on the server, and takes it away", async () => {
    for (const [action, done] of [
      ['copyKey', 'The key is there now'],
      ['deleteKey', 'The key is gone'],
    ] as const) {
      await open(`/resources/drs-servers/records/1/${action}`);
      await page.locator('#drs-username').fill(admin.username);
      await page.locator('#drs-password').fill(password);
      await page.locator('.drs-form button[type=submit]').click();
      await page.getByText(done, { exact: false }).waitFor();
    }
  });

  it('asked no other host, met no error, and never saw a password again', async () => {
    expect(
      requests.filter((address) => !address.startsWith(url) && !address.startsWith('data:')),
    ).to.deep.equal([]);
    expect(watched.problems).to.deep.equal([]);
    expect((await Promise.all(answers)).filter((text) => text.includes(password))).to.deep.equal([]);
  });
});
