/** Markup in every name that people and programs may choose is shown as it is written, and never runs. */

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { InstanceOf } from '../../support/types.js';
import { makeJob, makeServer, startBackend, visit, type Backend } from './support/site.js';
import type { Visitor } from './support/visitor.js';

const markup = '</script><script>window.isBroken = 1</script><img src=x onerror="window.isBroken = 1">';
/** A slash cannot be in the name of a file. */
const fileName = '<img src=x onerror=window.isBroken=1>.txt';

describe('markup in names', function () {
  this.timeout(90_000);
  let backend: Backend;
  let visitor: Visitor;
  let page: Page;
  let job: InstanceOf<'Job'>;

  before(async () => {
    backend = await startBackend();
    const server = await makeServer(backend, `Server ${markup}`);
    const [interpreter] = await server.getInterpreters();
    await interpreter?.update({ name: `Interpreter ${markup}` });
    job = await makeJob(backend, {
      server,
      title: `Job ${markup}`,
      program: `echo 'Output ${markup}'; touch '${fileName}'; exit 3`,
    });
    const { finished } = await backend.drs.submitJob(job.id);
    await finished();
    await job.update({ message: `Message ${markup}` });
    visitor = await visit(backend);
    ({ page } = visitor);
  });

  const looksAt = async (path: string, ...texts: string[]): Promise<void> => {
    await visitor.open(path);
    for (const text of texts) await page.getByText(text, { exact: false }).first().waitFor();
    expect(await page.evaluate('window.isBroken'), path).to.equal(undefined);
    expect(await page.locator('img[src="x"]').count(), path).to.equal(0);
  };

  it('does nothing on the dashboard', () => looksAt('', `Job ${markup}`, `Message ${markup}`));

  it('does nothing in lists', async () => {
    await looksAt('/resources/drs-jobs', `Job ${markup}`, `Server ${markup}`, `Message ${markup}`);
    await looksAt('/resources/drs-servers', `Server ${markup}`, `Interpreter ${markup}`);
    await looksAt('/resources/drs-interpreters', `Interpreter ${markup}`);
    await looksAt('/resources/drs-results', fileName, `Job ${markup}`);
  });

  it('does nothing on pages', async () => {
    await looksAt(`/resources/drs-jobs/records/${job.id}/show`, `Job ${markup}`, `Message ${markup}`);
    await page.locator('drs-job-log').getByText(`Output ${markup}`).waitFor();
    await page.locator('drs-job-log').getByRole('link', { name: fileName }).waitFor();
    await looksAt('/resources/drs-servers/records/1/show', `Server ${markup}`, `Interpreter ${markup}`);
    await looksAt('/resources/drs-interpreters/records/1/show', `Interpreter ${markup}`);
    await looksAt('/resources/drs-results/records/1/show', fileName);
    expect(await page.evaluate('window.isBroken')).to.equal(undefined);
  });

  it('does nothing in forms and in what becomes of them', async () => {
    await looksAt(`/resources/drs-jobs/records/${job.id}/edit`, `Interpreter ${markup}`, `Server ${markup}`);
    expect(await page.locator('#title').inputValue()).to.equal(`Job ${markup}`);
    await looksAt('/resources/drs-servers/records/1/edit', `Interpreter ${markup}`);
    await looksAt(`/resources/drs-jobs/bulk/submitSelected?recordIds=${job.id}`, `Job ${markup}`);
    await page.getByRole('button', { name: 'Submit the job' }).click();
    await page.getByTestId('outcomes').getByText(`Job ${markup}`).waitFor();
    await looksAt('/resources/drs-servers/records/1/show', `Server ${markup}`);
    await page.getByTestId('action-delete').click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await visitor.notice(/is used by 1 job/);
    expect(await page.evaluate('window.isBroken')).to.equal(undefined);
  });

  it('met no error and asked no other host', () => visitor.expectPeace());
});
