/** Jobs are submitted, watched, cancelled and copied in the panel: one, and a selection. */

import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import ssh2 from 'ssh2';
import type { InstanceOf } from '../../support/types.js';
import { makeJob, makeServer, startBackend, visit, type Backend } from './support/site.js';
import type { Visitor } from './support/visitor.js';

const passphrase = 'sentinel-passphrase-4711';
const personal = ssh2.utils.generateKeyPairSync('ed25519', { cipher: 'aes256-ctr', rounds: 4, passphrase });

describe('jobs in the panel', function () {
  this.timeout(90_000);
  let backend: Backend;
  let server: InstanceOf<'Server'>;
  let visitor: Visitor;
  let page: Page;

  before(async () => {
    backend = await startBackend();
    server = await makeServer(backend);
    visitor = await visit(backend);
    ({ page } = visitor);
  });

  const make = (title: string, program: string) => makeJob(backend, { server, title, program });
  const facts = (status: string) => page.locator(`.drs-facts [data-status="${status}"]`).waitFor();
  const outcomes = () => page.getByTestId('outcomes').locator('li');
  const toList = () => page.locator('[data-css="sidebar"]').getByText('Jobs', { exact: true }).click();

  it('ten of them, selected and submitted; one watched, one cancelled, a result of a third downloaded', async () => {
    const programs = Array.from({ length: 7 }, () => 'echo done');
    programs.push('echo begun; until test -e go; do sleep 0.1; done; echo ended', 'echo begun; sleep 600');
    programs.push('printf "a,b\\n1,2\\n" > table.csv');
    for (const [index, program] of programs.entries()) await make(`Run ${index}`, program);
    await visitor.open('/resources/drs-jobs');
    const loads = visitor.loads();

    await visitor.select(...programs.map((_, index) => `Run ${index}`));
    await page.getByTestId('action-submitSelected').click();
    await page.getByRole('button', { name: 'Submit 10 jobs' }).click();
    await page.getByText('Done.').waitFor();
    expect(await outcomes().allTextContents()).to.have.lengthOf(10);
    expect(await page.locator('[data-outcome="refused"]').count()).to.equal(0);

    await page.getByRole('link', { name: 'Back to the jobs' }).click();
    // The rows follow their jobs.
    await visitor.row('Run 7').locator('[data-status="running"]').waitFor();
    await visitor.row('Run 0').locator('[data-status="success"]').waitFor();

    await visitor.row('Run 7').getByText('Run 7').click();
    await page.locator('drs-job-log').getByText('begun').waitFor();
    await facts('running');
    const watched = await backend.drs.models.Job.findOne({ where: { title: 'Run 7' }, rejectOnEmpty: true });
    await writeFile(join(backend.sshd.user.home, 'jobs', String(watched.id), 'go'), '');
    await page.locator('drs-job-log').getByText('ended').waitFor();
    await facts('success');

    await toList();
    await visitor.row('Run 8').getByText('Run 8').click();
    await facts('running');
    await page.getByTestId('action-cancel').click();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await visitor.notice('It is being cancelled.');
    await facts('cancelled');

    await toList();
    await visitor.row('Run 9').getByText('Run 9').click();
    await facts('success');
    const download = page.waitForEvent('download');
    await page.locator('drs-job-log').getByRole('link', { name: 'table.csv' }).click();
    expect(await readFile(await (await download).path(), 'utf8')).to.equal('a,b\n1,2\n');

    expect(visitor.loads()).to.equal(loads);
    visitor.expectPeace();
  });

  const wrong = 'sentinel-4711-wrong';
  const submitForm = async (id: number): Promise<void> => {
    await visitor.open(`/resources/drs-jobs/records/${id}/submit`);
    await page.getByLabel('User name', { exact: false }).waitFor();
  };
  const submit = () => page.getByRole('button', { name: 'Submit the job' }).click();

  it('one, with a private key, its output stored at the end, and patterns for its results', async () => {
    await allow(backend, personal.public);
    const { id } = await make('With a key', 'echo kept; touch a.txt b.txt c.log');
    await submitForm(id);
    await page.getByLabel('with a private key', { exact: true }).check();
    await page.locator('#drs-key').fill(personal.private);
    await page.locator('#drs-passphrase').fill(passphrase);
    await page.getByLabel('Output', { exact: false }).selectOption('total');
    await page.getByLabel('Result files', { exact: false }).selectOption('patterns');
    await page.locator('#drs-patterns').fill('*.txt\n!b.txt');
    await submit();
    await visitor.notice('Submitted as attempt 1.');
    await facts('success');
    await page.locator('drs-job-log').getByText('kept').waitFor();
    await page.locator('drs-job-log').getByRole('link', { name: 'a.txt' }).waitFor();
    const results = await backend.drs.models.Result.findAll({ where: { jobId: id } });
    expect(results.map(({ remoteFilename }) => remoteFilename)).to.deep.equal(['a.txt']);
  });

  it('one, with a password and a time limit; then again with a wrong one: both attempts are told', async () => {
    const { id } = await make('Too slow', 'echo on my way; sleep 600');
    const { username, password } = backend.sshd.user;
    await submitForm(id);
    await page.getByLabel('User name', { exact: false }).fill(username);
    await page.getByLabel('with a password').check();
    await page.locator('#drs-password').fill(password);
    await page.getByLabel('Time limit', { exact: false }).fill('0.5');
    await submit();
    await facts('failure');
    await page.locator('.drs-facts').getByText('ended after its timeout of 0.5 s').waitFor();

    await submitForm(id);
    await page.getByLabel('with a password').check();
    await page.locator('#drs-password').fill(wrong);
    await submit();
    await page.locator('.drs-facts').getByText('password refused', { exact: false }).waitFor();
    await page.getByTestId('attempts').getByText('The server refused the sign-in.').waitFor();
    await page.getByTestId('attempts').getByText('The program ran longer than allowed').waitFor();
    await page.getByTestId('audit').getByText('(attempt 2)').waitFor();
  });

  it('that failed show their exit code', async () => {
    const { id } = await make('Fails', 'exit 3');
    await submitForm(id);
    await submit();
    await page.locator('.drs-facts').getByText('The program ended with exit code 3.').waitFor();
    await page.getByTestId('attempts').getByRole('cell', { name: '3', exact: true }).waitFor();
  });

  it('one, then several, run again like the attempt before', async () => {
    await toList();
    await visitor.row('Run 0').getByText('Run 0').click();
    await page.getByTestId('action-retry').click();
    await page.getByRole('button', { name: 'Run the job again' }).click();
    await visitor.notice('Submitted as attempt 2, like attempt 1.');
    await page.getByTestId('attempts').locator('[data-status="success"]').nth(1).waitFor();
    await toList();
    await visitor.select('Run 0', 'Run 1');
    await page.getByTestId('action-retrySelected').click();
    await page.getByRole('button', { name: 'Run 2 jobs again' }).click();
    await outcomes().getByText('Submitted as attempt 3, like attempt 2.').waitFor();
    await outcomes().getByText('Submitted as attempt 2, like attempt 1.').waitFor();
  });

  it('under way say which worker holds them, and are given to the workers again', async () => {
    const { id } = await make('Held', 'sleep 600');
    await backend.drs.submitJob(id);
    await visitor.open(`/resources/drs-jobs/records/${id}/show`);
    await page
      .getByTestId('explanation')
      .getByText(/The worker .* follows it/)
      .waitFor();
    await page.getByTestId('action-requeue').click();
    await page.getByRole('button', { name: 'Give the job to the workers again' }).click();
    await visitor.notice('Attempt 1 was given to the workers again.');
    await page.getByTestId('audit').getByText('gave it to the workers again').waitFor();
    await backend.drs.cancelJob(id);
    await facts('cancelled');
    expect(await page.getByTestId('explanation').count()).to.equal(0);
  });

  it('several, cancelled at once; one that has ended is refused in words', async () => {
    const jobs = await Promise.all(['Long one', 'Long two'].map((title) => make(title, 'sleep 600')));
    for (const { id } of jobs) await backend.drs.submitJob(id);
    await visitor.open('/resources/drs-jobs');
    for (const title of ['Long one', 'Long two'])
      await visitor.row(title).locator('[data-status="running"]').waitFor();
    await visitor.select('Long one', 'Long two', 'Fails');
    await page.getByTestId('action-cancelSelected').click();
    await page.getByRole('button', { name: 'Cancel 3 jobs' }).click();
    await page.getByText('1 of 3 could not be done.').waitFor();
    await page.locator('[data-outcome="refused"]').getByText('Fails').waitFor();
    await page.getByRole('link', { name: 'Back to the jobs' }).click();
    for (const title of ['Long one', 'Long two'])
      await visitor.row(title).locator('[data-status="cancelled"]').waitFor();
  });

  it('one, then several, copied to the server without running', async () => {
    const one = await make('Only copied', 'touch started');
    await make('Copied too', 'touch started');
    await visitor.open(`/resources/drs-jobs/records/${one.id}/copy`);
    await page.getByRole('button', { name: 'Copy the job' }).click();
    await visitor.notice('It is being copied to the server.');
    await page.getByTestId('attempts').getByText('1 (copy only)').waitFor();
    await facts('success');
    await visitor.open('/resources/drs-jobs');
    await visitor.select('Only copied', 'Copied too');
    await page.getByTestId('action-copySelected').click();
    await page.getByRole('button', { name: 'Copy 2 jobs' }).click();
    await page.getByText('Done.').waitFor();
    await page.getByRole('link', { name: 'Back to the jobs' }).click();
    await visitor.row('Copied too').locator('[data-status="success"]').waitFor();
    const folder = join(backend.sshd.user.home, 'jobs', String(one.id));
    expect(await readdir(folder))
      .to.include('program.sh')
      .and.not.include('started');
  });

  it('on the dashboard come and go without a reload', async () => {
    await visitor.open('');
    await page.getByText('Nothing is running.').waitFor();
    const loads = visitor.loads();
    const far = await makeServer(backend, 'Far away');
    await far.update({ port: 1 });
    const [here, there] = [
      await make('Seen live', 'sleep 600'),
      await makeJob(backend, { server: far, title: 'Never there', program: 'true' }),
    ];
    for (const { id } of [here, there]) await backend.drs.submitJob(id);
    const card = (title: string) => page.locator('.drs-card').filter({ hasText: title });
    await card('Running').getByRole('link', { name: 'Seen live' }).waitFor();
    await card('Servers out of reach').getByRole('link', { name: 'Far away' }).waitFor();
    await card('Failures of the last day').getByText('The program ended with exit code 3.').waitFor();
    await card('Failures of the last day').getByRole('link', { name: 'Never there' }).waitFor();
    await backend.drs.cancelJob(here.id);
    await page.getByText('Nothing is running.').waitFor();
    await far.update({ port: backend.sshd.port });
    await backend.drs.submitJob(there.id);
    await page.getByText('Every server that is needed can be reached.').waitFor();
    expect(visitor.loads()).to.equal(loads);
  });

  it('left no secret in anything that the browser was sent or shows', async () => {
    const secrets = [wrong, passphrase, backend.sshd.user.password, personal.private.split('\n')[2] ?? ''];
    const everything = [...(await visitor.received()), await page.content()];
    for (const secret of secrets) {
      expect(secret).to.have.length.greaterThan(10);
      expect(everything.filter((text) => text.includes(secret))).to.deep.equal([]);
    }
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.to.match(/sentinel/);
    visitor.expectPeace();
  });
});

/** Lets somebody sign in to the server with a key. */
async function allow({ sshd }: Backend, publicKey: string): Promise<void> {
  await appendFile(join(sshd.user.home, '.ssh', 'authorized_keys'), `${publicKey}\n`);
}
